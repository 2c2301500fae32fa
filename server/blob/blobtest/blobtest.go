// Package blobtest makes pictures for tests: good ones, and such as only say how large they are.
package blobtest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// webpSample is a picture of 1×1 pixel, lossless.
const webpSample = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func pixels(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 77, 255})
		}
	}
	return m
}

// Encoded is a JPEG, PNG or GIF that is what it says.
func Encoded(t testing.TB, kind string, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "image/jpeg":
		err = jpeg.Encode(&b, pixels(w, h), nil)
	case "image/png":
		err = png.Encode(&b, pixels(w, h))
	case "image/gif":
		err = gif.Encode(&b, pixels(w, h), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// WithEXIF puts a camera's metadata into a JPEG: its orientation, and where it was.
func WithEXIF(jpg []byte, orientation byte) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00GPS 52.5200,13.4050")
	tiff[18] = orientation
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return bytes.Join([][]byte{jpg[:2], segment, body, jpg[2:]}, nil)
}

// PNGHeader is a PNG that says how large it is and has no pixels.
func PNGHeader(w, h uint32, depth, interlace byte) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), depth, 6, 0, 0, interlace)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

// GIFFrames is a GIF of n frames that each say they are w×h, and have no pixels.
func GIFFrames(n int, w, h uint16) []byte {
	b := []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00")
	for range n {
		b = append(b, 0x2c, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, w), h)
		b = append(b, 0, 2, 2, 0x4c, 0x01, 0)
	}
	return append(b, 0x3b)
}

// JPEGHeader is a JPEG that says how large it is and has no pixels.
func JPEGHeader(w, h uint16, progressive bool) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xc0, 0, 17, 8}
	if progressive {
		b[3] = 0xc2
	}
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, h), w)
	b = append(b, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
	return append(b, 0xff, 0xda, 0, 2)
}

// WebP is a WebP that says it is w×h; only 1×1 is true.
func WebP(t testing.TB, w, h uint32) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(webpSample)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(b[21:], (w-1)|(h-1)<<14|binary.LittleEndian.Uint32(b[21:])&^(1<<28-1))
	return b
}

// AnimatedWebP is an animation of WebPs, each a frame of its own, on a canvas of w×h.
func AnimatedWebP(w, h uint32, frames ...[]byte) []byte {
	u24 := func(b []byte, n uint32) []byte { return append(b, byte(n), byte(n>>8), byte(n>>16)) }
	out := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x12\x00\x00\x00")
	out = u24(u24(out, w-1), h-1)
	out = append(out, "ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for _, f := range frames {
		body := u24(u24(make([]byte, 6), w-1), h-1)
		body = append(append(body, 100, 0, 0, 0), f[12:]...)
		if len(body)%2 == 1 {
			body = append(body, 0)
		}
		out = binary.LittleEndian.AppendUint32(append(out, "ANMF"...), uint32(len(body)))
		out = append(out, body...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
