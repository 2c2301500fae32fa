package chat

import (
	"crypto/sha256"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// LinkCode links a channel's user to a shopper's conversation: short enough to be read out, without letters that look alike. It is
// no secret: it reveals nothing, can be used once, and soon lapses.
type LinkCode string

const (
	codeAlphabet  = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
	codeLength    = 7
	codeCut       = 3 // K7Q-4MXP
	maxCandidates = 4 // that are looked up of one text
)

// newLinkCode draws a code. It has a digit and a letter, so that no word of any language is one.
func newLinkCode(random io.Reader) LinkCode {
	for {
		var raw [4 * codeLength]byte
		if _, err := io.ReadFull(random, raw[:]); err != nil {
			panic("chat: no randomness: " + err.Error()) // as NewID
		}
		code := make([]byte, 0, codeLength)
		for _, b := range raw {
			if len(code) < codeLength && int(b) < 256/len(codeAlphabet)*len(codeAlphabet) {
				code = append(code, codeAlphabet[int(b)%len(codeAlphabet)])
			}
		}
		if len(code) == codeLength && mixed(string(code)) {
			return LinkCode(code)
		}
	}
}

func mixed(s string) bool {
	return strings.ContainsAny(s, "23456789") && strings.ContainsAny(s, "ABCDEFGHJKMNPQRTUVWXYZ")
}

// String gives the code as people see it.
func (c LinkCode) String() string { return string(c[:codeCut]) + "-" + string(c[codeCut:]) }

// Hash is what is kept of the code. It is bound to the account, so that a code of one shop's number opens nothing at another's.
func (c LinkCode) Hash(account AccountID) [32]byte {
	return sha256.Sum256([]byte(string(account) + "/" + string(c)))
}

// A code may come with other dashes, spaces or dots in it, in small letters or full width, with or without the words around it.
var (
	codeShape  = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}])((?:[` + codeAlphabet + `][\s._\-‐-―−]{0,2}){` + "6" + `}[` + codeAlphabet + `])(?:$|[^\p{L}\p{N}])`)
	codeInText = regexp.MustCompile(`(?i)[\s]*[(\[（]?\s*\bref\b[\s.:#]*`)
)

// findCodes gives what might be a code in a text, the likeliest first.
func findCodes(text string) []LinkCode {
	text = norm.NFKC.String(text)
	var likely, others []LinkCode
	for rest, from := text, 0; ; {
		m := codeShape.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		code := asCode(rest[m[2]:m[3]])
		if mixed(string(code)) {
			if before := text[:from+m[2]]; codeInText.MatchString(before) && len(before)-lastRef(before) <= 8 {
				likely = append(likely, code)
			} else {
				others = append(others, code)
			}
		}
		next := m[2] + 1 // what follows may overlap: "ref K7Q-4MXP" begins inside "x9 ref K7…"
		rest, from = rest[next:], from+next
	}
	all := append(likely, others...)
	return all[:min(len(all), maxCandidates)]
}

func lastRef(s string) int { return strings.LastIndex(strings.ToLower(s), "ref") }

// asCode takes the dashes out of what looks like a code.
func asCode(s string) LinkCode {
	return LinkCode(strings.Map(func(r rune) rune {
		if strings.ContainsRune(codeAlphabet, r) {
			return r
		}
		return -1
	}, strings.ToUpper(s)))
}

// withoutCode takes the code and the words around it out of a text, for display.
func withoutCode(text string, code LinkCode) string {
	text = norm.NFKC.String(text)
	gap := `[\s._\-‐-―−]{0,2}`
	letters := strings.Split(string(code), "")
	shape := regexp.MustCompile(`(?i)\s*[(\[]?\s*(?:\bref\b[\s.:#]*)?` + strings.Join(letters, gap) + `\s*[)\]]?`)
	return strings.TrimSpace(shape.ReplaceAllString(text, ""))
}
