package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

const maxStill = 4 << 20 // bytes of one compressed frame; WhatsApp's stickers have 500 KB in all

// still gives a file whose picture can be decoded: of an animated WebP, which nothing here decodes, the first frame as a WebP of its
// own; any other file as it is. An animated sticker would otherwise be lost. WebP Container Specification, "Animation".
func still(r io.ReadSeeker, contentType string) (io.ReadSeeker, error) {
	if contentType != "image/webp" {
		return r, nil
	}
	in, err := start(r)
	if err != nil {
		return nil, err
	}
	if _, err := in.Discard(12); err != nil { // RIFF, size, WEBP
		return nil, errForm
	}
	for {
		head, err := in.Peek(8)
		if errors.Is(err, io.EOF) {
			return r, nil // no frames: a picture, or nothing that can be read
		}
		if err != nil {
			return nil, err
		}
		name, n := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		switch {
		case name == "VP8 " || name == "VP8L":
			return r, nil
		case name == "ANMF" && n <= maxStill:
			frame := make([]byte, 8+n)
			if _, err := io.ReadFull(in, frame); err != nil {
				return nil, errForm
			}
			return pictureOf(frame[8:])
		case name == "ANMF":
			return nil, errForm
		}
		if _, err := io.CopyN(io.Discard, in, 8+n+n&1); err != nil {
			return r, nil //nolint:nilerr // cut off before any picture: decoding it will say so
		}
	}
}

// pictureOf makes a WebP of an animation's frame: its header says how large it is, its chunks are those of a picture.
func pictureOf(frame []byte) (io.ReadSeeker, error) {
	if len(frame) < 16+8 {
		return nil, errForm
	}
	size, chunks := frame[6:12], frame[16:] // width and height, less one, in three bytes each
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	if string(chunks[:4]) == "ALPH" {
		out = append(out, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...) // it has transparency, and nothing else
		out = append(out, size...)
	}
	out = append(out, chunks...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // at most maxStill and a little
	return bytes.NewReader(out), nil
}
