package blob

import (
	"encoding/binary"
	"io"

	"golang.org/x/image/webp"
)

// lookAtWebP reads the sizes of a WebP: that of its canvas and that of the frame within, which decides what decoding takes and may
// differ from it. Of an animation still makes a picture before.
func lookAtWebP(r io.ReadSeeker) (picture, error) {
	in, err := start(r)
	if err != nil {
		return picture{}, err
	}
	cfg, err := webp.DecodeConfig(in)
	if err != nil {
		return picture{}, err
	}
	if in, err = start(r); err != nil {
		return picture{}, err
	}
	if _, err := in.Discard(12); err != nil { // RIFF, size, WEBP
		return picture{}, errForm
	}
	for {
		head, err := in.Peek(18) // a chunk's name and size, and the beginning of a frame
		if err != nil {
			return picture{}, errForm
		}
		w, h := 0, 0
		switch string(head[:4]) {
		case "VP8 ":
			w, h = int(binary.LittleEndian.Uint16(head[14:])&0x3fff), int(binary.LittleEndian.Uint16(head[16:])&0x3fff)
		case "VP8L":
			bits := binary.LittleEndian.Uint32(head[9:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		case "ANIM", "ANMF":
			return picture{}, errForm
		default:
			n := int(binary.LittleEndian.Uint32(head[4:]))
			if _, err := in.Discard(8 + n + n&1); err != nil {
				return picture{}, errForm
			}
			continue
		}
		p := picture{width: max(w, cfg.Width), height: max(h, cfg.Height)}
		p.memory = int64(p.width) * int64(p.height) * 6
		return p, nil
	}
}
