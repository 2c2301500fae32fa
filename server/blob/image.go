package blob

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Limits of an image. The pixels of all frames count together.
const (
	maxPixels   = 40_000_000
	maxFrames   = 500
	maxSide     = 65_000    // what JPEG and GIF can hold
	imageMemory = 256 << 20 // bytes that decoding may take, of all images at a time
	jpegQuality = 88
)

// picture is an image that was looked at and not yet decoded.
type picture struct {
	contentType   string
	width, height int
	orientation   int   // EXIF's: 1 is upright
	memory        int64 // bytes that decoding it takes, about
}

// lookAtImage reads an image's headers and refuses one that is too large to be decoded. ErrFileType: it is not what it seems.
func lookAtImage(r io.ReadSeeker, contentType string) (picture, error) {
	look := map[string]func(io.ReadSeeker) (picture, error){
		"image/jpeg": lookAtJPEG, "image/png": lookAtPNG, "image/gif": lookAtGIF, "image/webp": lookAtWebP,
	}[contentType]
	if look == nil {
		return picture{}, chat.ErrFileType
	}
	p, err := look(r)
	switch {
	case errors.Is(err, chat.ErrImageTooLarge):
		return p, err
	case err != nil || p.width < 1 || p.height < 1:
		return p, chat.ErrFileType
	case p.width > maxSide || p.height > maxSide || p.width*p.height > maxPixels || p.memory > imageMemory:
		return p, chat.ErrImageTooLarge
	}
	p.contentType = contentType
	return p, nil
}

// start gives a reader of the file from its beginning.
func start(r io.ReadSeeker) (*bufio.Reader, error) {
	_, err := r.Seek(0, io.SeekStart)
	return bufio.NewReader(r), err
}

// rewrite decodes an image and writes its pixels anew, so that nothing that came along with them stays: no place where it was taken,
// no second file behind the first. WebP, which cannot be written, becomes JPEG, or PNG when it is see-through.
func (p *picture) rewrite(w io.Writer, r io.ReadSeeker) error {
	in, err := start(r)
	if err != nil {
		return err
	}
	if p.contentType == "image/gif" {
		g, err := gif.DecodeAll(in)
		if err != nil {
			return chat.ErrFileType
		}
		return gif.EncodeAll(w, g)
	}
	decode := map[string]func(io.Reader) (image.Image, error){"image/jpeg": jpeg.Decode, "image/png": png.Decode, "image/webp": webp.Decode}
	m, err := decode[p.contentType](in)
	if err != nil {
		return chat.ErrFileType
	}
	p.width, p.height = m.Bounds().Dx(), m.Bounds().Dy()
	if p.contentType == "image/webp" {
		p.contentType = "image/png"
		if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
			p.contentType = "image/jpeg"
		}
	}
	if p.contentType == "image/png" {
		return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, m)
	}
	if p.orientation > 1 {
		w = &orienting{w: w, orientation: p.orientation}
		if p.orientation > 4 { // on its side
			p.width, p.height = p.height, p.width
		}
	}
	return jpeg.Encode(w, m, &jpeg.Options{Quality: jpegQuality})
}

// orienting writes a JPEG with a single piece of metadata: how it is to be turned. To turn the pixels instead would take as much
// memory again.
type orienting struct {
	w           io.Writer
	orientation int
	begun       bool
}

func (o *orienting) Write(b []byte) (int, error) {
	if o.begun {
		return o.w.Write(b)
	}
	o.begun = true
	if len(b) < 2 {
		return 0, errors.New("the encoder did not begin with a JPEG's first marker")
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[len(exif)-7] = byte(o.orientation) // the high half of a 32-bit field, in big-endian order
	for _, part := range [][]byte{b[:2], exif, b[2:]} {
		if _, err := o.w.Write(part); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

var errForm = errors.New("not of its form")

func lookAtPNG(r io.ReadSeeker) (picture, error) {
	in, err := start(r)
	if err != nil {
		return picture{}, err
	}
	head, err := in.Peek(33) // signature and IHDR
	if err != nil {
		return picture{}, errForm
	}
	perPixel := int64(4)
	if head[24] == 16 { // bits of a sample
		perPixel = 8
	}
	if head[28] != 0 { // interlaced: decoded in passes, which are then put together
		perPixel *= 2
	}
	cfg, err := png.DecodeConfig(in)
	return picture{width: cfg.Width, height: cfg.Height, memory: int64(cfg.Width) * int64(cfg.Height) * perPixel}, err
}

// lookAtJPEG walks the segments before the pixels: ITU-T T.81, annex B.
func lookAtJPEG(r io.ReadSeeker) (picture, error) {
	p := picture{orientation: 1}
	in, err := start(r)
	if err != nil {
		return p, err
	}
	var soi [2]byte
	if _, err := io.ReadFull(in, soi[:]); err != nil || soi != [2]byte{0xff, 0xd8} {
		return p, errForm
	}
	for {
		marker, body, err := segment(in)
		switch {
		case err != nil:
			return p, err
		case marker == 0xda || marker == 0xd9: // the pixels, or the end
			return p, nil
		case marker >= 0xc0 && marker <= 0xc2:
			if len(body) < 6 {
				return p, errForm
			}
			p.height, p.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
			p.memory = int64(float64(p.width) * float64(p.height) * jpegBytesPerPixel(body[6:], marker == 0xc2))
		case marker == 0xe1:
			if o, ok := exifOrientation(body); ok {
				p.orientation = o
			}
		}
	}
}

// segment reads one segment of a JPEG.
func segment(in *bufio.Reader) (marker byte, body []byte, err error) {
	var b [2]byte
	if _, err := io.ReadFull(in, b[:]); err != nil || b[0] != 0xff {
		return 0, nil, errForm
	}
	for marker = b[1]; marker == 0xff; { // fill bytes
		if marker, err = in.ReadByte(); err != nil {
			return 0, nil, errForm
		}
	}
	if marker == 0xd9 {
		return marker, nil, nil
	}
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return 0, nil, errForm
	}
	n := int(binary.BigEndian.Uint16(b[:])) - 2
	if n < 0 {
		return 0, nil, errForm
	}
	body = make([]byte, n)
	if _, err := io.ReadFull(in, body); err != nil {
		return 0, nil, errForm
	}
	return marker, body, nil
}

// jpegBytesPerPixel tells what a pixel takes: a byte for each sample, one more where colours are converted, and, of a progressive
// image, 32 bits for each coefficient.
func jpegBytesPerPixel(components []byte, progressive bool) float64 {
	samples, most := 0, 1
	for ; len(components) >= 3; components = components[3:] {
		n := int(components[1]>>4) * int(components[1]&15)
		samples, most = samples+n, max(most, n)
	}
	per := float64(samples)/float64(most) + 1
	if progressive {
		per *= 5
	}
	return per
}

// exifOrientation finds tag 0x0112 in the first directory of an Exif block: Exif 2.3 §4.6.
func exifOrientation(b []byte) (int, bool) {
	if len(b) < 14 || string(b[:6]) != "Exif\x00\x00" {
		return 0, false
	}
	b = b[6:]
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	dir := int64(order.Uint32(b[4:]))
	if dir+2 > int64(len(b)) {
		return 0, false
	}
	entries := b[dir+2:]
	for range order.Uint16(b[dir:]) {
		if len(entries) < 12 {
			return 0, false
		}
		if order.Uint16(entries) == 0x0112 {
			o := int(order.Uint16(entries[8:]))
			return o, o >= 1 && o <= 8
		}
		entries = entries[12:]
	}
	return 0, false
}

// lookAtGIF walks the blocks of a GIF and counts the pixels of its frames, without decoding any: GIF89a §17–27.
func lookAtGIF(r io.ReadSeeker) (picture, error) {
	var p picture
	in, err := start(r)
	if err != nil {
		return p, err
	}
	var head [13]byte
	if _, err := io.ReadFull(in, head[:]); err != nil || string(head[:3]) != "GIF" {
		return p, errForm
	}
	p.width, p.height = int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:]))
	if err := skipColors(in, head[10]); err != nil {
		return p, err
	}
	for frames := 0; ; {
		kind, err := in.ReadByte()
		if err != nil {
			return p, errForm
		}
		switch kind {
		case 0x3b: // trailer
			return p, nil
		case 0x21: // extension
		case 0x2c: // image
			var d [9]byte
			if _, err := io.ReadFull(in, d[:]); err != nil {
				return p, errForm
			}
			frames++
			p.memory += int64(binary.LittleEndian.Uint16(d[4:])) * int64(binary.LittleEndian.Uint16(d[6:]))
			if frames > maxFrames || p.memory > maxPixels {
				return p, chat.ErrImageTooLarge
			}
			if err := skipColors(in, d[8]); err != nil {
				return p, err
			}
		default:
			return p, errForm
		}
		if _, err := in.Discard(1); err != nil { // the extension's label, or the size of the codes
			return p, errForm
		}
		if err := skipSubBlocks(in); err != nil {
			return p, err
		}
	}
}

func skipColors(in *bufio.Reader, flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := in.Discard(3 << (flags&7 + 1))
	return err
}

func skipSubBlocks(in *bufio.Reader) error {
	for {
		n, err := in.ReadByte()
		if err != nil || n == 0 {
			return err
		}
		if _, err := in.Discard(int(n)); err != nil {
			return err
		}
	}
}
