package rest

import (
	"strconv"
	"strings"

	"rsc.io/qr"

	"github.com/tagalong-chat/tagalong/openapi"
)

// drawn gives a link as a QR code that a page can draw without a library of its own: one path on a grid of modules, each run of dark
// modules of a row one rectangle. Level M is what scanners of screens ask for; a link is plain ASCII of a few hundred bytes.
func drawn(link string) (openapi.QR, error) {
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		return openapi.QR{}, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				run := strconv.Itoa(x - from)
				path.WriteString("M" + strconv.Itoa(from) + " " + strconv.Itoa(y) + "h" + run + "v1h-" + run + "z")
			}
		}
	}
	return openapi.QR{Size: int32(code.Size), Path: path.String()}, nil
}
