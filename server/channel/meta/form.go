package meta

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// form is a form with a file, which is streamed from where it is kept.
type form struct {
	fields [][2]string
	name   string // the file's field
	file   string // its name
	kind   string // its content type
	size   int64
	bytes  io.Reader
}

// open gives the form's body with its size.
func (f *form) open() (body io.Reader, size int64, kind string, err error) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	for _, field := range f.fields {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, 0, "", fmt.Errorf("write form: %w", err)
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename="%s"`, f.name, quotable(f.file)))
	h.Set("Content-Type", f.kind)
	if _, err := w.CreatePart(h); err != nil {
		return nil, 0, "", fmt.Errorf("write form: %w", err)
	}
	head := text.Len()
	if err := w.Close(); err != nil {
		return nil, 0, "", fmt.Errorf("write form: %w", err)
	}
	all := text.Bytes()
	body = io.MultiReader(bytes.NewReader(all[:head]), f.bytes, bytes.NewReader(all[head:]))
	return body, int64(len(all)) + f.size, w.FormDataContentType(), nil
}

// quotable makes a file's name fit between quotes.
func quotable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
}
