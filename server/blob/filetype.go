package blob

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// fileTypes are the kinds of files that are taken, with their extension. What a browser could run is not among them, and what is not
// an image is only ever downloaded.
var fileTypes = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",

	"application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv", "text/rtf": ".rtf", "application/zip": ".zip",
	"text/calendar": ".ics", "text/vcard": ".vcf", "application/json": ".json",

	"application/msword": ".doc", "application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
	"application/vnd.oasis.opendocument.text":                                   ".odt",
	"application/vnd.oasis.opendocument.spreadsheet":                            ".ods",
	"application/vnd.oasis.opendocument.presentation":                           ".odp",

	"audio/mpeg": ".mp3", "audio/ogg": ".oga", "audio/wav": ".wav", "audio/x-m4a": ".m4a", "audio/mp4": ".m4a", "audio/aac": ".aac",
	"audio/flac": ".flac", "audio/amr": ".amr",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov", "video/3gpp": ".3gp", "video/ogg": ".ogv",
}

// kindOf gives the type under which a detected one is kept. Only the very type counts, not one that it descends from: a script is
// text too, and a page as well.
func kindOf(m *mimetype.MIME, name string) (string, bool) {
	kind, _, _ := strings.Cut(m.String(), ";")
	switch kind {
	case "application/ogg":
		kind = "audio/ogg"
	case "application/x-ole-storage": // which document it is stands far behind its beginning, so the name tells
		kind = oleTypes[strings.ToLower(path.Ext(name))]
	}
	_, ok := fileTypes[kind]
	return kind, ok
}

var oleTypes = map[string]string{
	".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
}

// isImage tells whether files of this type are decoded and written anew, so that they may be shown and not only downloaded.
func isImage(kind string) bool { return strings.HasPrefix(kind, "image/") }

const maxNameBytes = 120

// fileName makes a name for people out of what somebody has sent: no path, no control or direction characters, not too long, and with
// an extension that fits what the file is. It never names a file on a disk.
func fileName(name, kind string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, name)
	ext := path.Ext(name)
	base := strings.Trim(strings.TrimSuffix(name, ext), " .")
	if !extensionFits(ext, kind) {
		base, ext = strings.Trim(name, " ."), fileTypes[kind]
	}
	for len(base) > maxNameBytes {
		_, n := utf8.DecodeLastRuneInString(base)
		base = base[:len(base)-n]
	}
	if base == "" {
		base = "file"
	}
	return base + ext
}

// spellings are other extensions of a type that people use.
var spellings = map[string][]string{
	"image/jpeg": {".jpeg"}, "text/plain": {".md", ".log", ".text"}, "audio/ogg": {".ogg", ".opus"}, "video/mp4": {".m4v"},
	"text/calendar": {".ical"},
}

func extensionFits(ext, kind string) bool {
	ext = strings.ToLower(ext)
	return ext == fileTypes[kind] || slices.Contains(spellings[kind], ext)
}
