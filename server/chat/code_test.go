package chat

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
)

func TestCodesAreFoundHoweverTheTextWasEdited(t *testing.T) {
	const code = LinkCode("K7Q4MXP")
	for name, text := range map[string]string{
		"as it was prefilled":       "Hello! I'd like to continue my chat with Marl (ref K7Q-4MXP)",
		"in small letters":          "hello (ref k7q-4mxp)",
		"without the dash":          "hello ref K7Q4MXP",
		"with a space for the dash": "ref K7Q 4MXP please",
		"with a typographic dash":   "(ref K7Q–4MXP)",
		"alone":                     "K7Q-4MXP",
		"in full width":             "（ref Ｋ７Ｑ－４ＭＸＰ）",
		"at the end of a sentence":  "Bonjour, c'est encore moi. K7Q-4MXP.",
		"in a right-to-left text":   "مرحبًا! أود متابعة محادثتي (ref K7Q-4MXP)",
		"with words in between":     "K7Q-4MXP is my code, is the jug still there?",
	} {
		t.Run(name, func(t *testing.T) {
			if got := findCodes(text); !slices.Contains(got, code) {
				t.Errorf("found %q in %q, not %q", got, text, code)
			}
		})
	}
}

func TestOrdinaryTextsHaveNoCodes(t *testing.T) {
	for _, text := range []string{
		"", "Do you have the jug in blue?", "WHATEVER YOU HAVE", "my order is 1042", "call me at +34 600 000 001 or 0049 30 1234567",
		strings.Repeat("a ", 4000),
	} {
		if got := findCodes(text); len(got) != 0 {
			t.Errorf("found %q in %q", got, text)
		}
	}
}

func TestATextFullOfCodesIsNotAGuessingMachine(t *testing.T) {
	text := ""
	for range 100 {
		text += newLinkCode(rand.Reader).String() + " "
	}
	if got := len(findCodes(text)); got > maxCandidates {
		t.Errorf("%d codes of one text would be looked up", got)
	}
}

func TestACodeIsTakenOutOfTheTextThatIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"Hello! I'd like to continue my chat with Marl (ref K7Q-4MXP)": "Hello! I'd like to continue my chat with Marl",
		"ref k7q 4mxp is the jug there?":                               "is the jug there?",
		"K7Q-4MXP":                                                     "",
	} {
		if got := withoutCode(text, "K7Q4MXP"); got != want {
			t.Errorf("of %q stays %q, want %q", text, got, want)
		}
	}
}

func TestNewCodesAreFoundAgain(t *testing.T) {
	seen := map[LinkCode]bool{}
	for range 2000 {
		code := newLinkCode(rand.Reader)
		if seen[code] {
			t.Fatalf("%s was drawn twice", code)
		}
		seen[code] = true
		if got := findCodes("Hi (ref " + code.String() + ")"); len(got) == 0 || got[0] != code {
			t.Fatalf("%s is found as %q", code, got)
		}
	}
}

func TestACodeOpensNothingAtAnotherAccount(t *testing.T) {
	if LinkCode("K7Q4MXP").Hash("acc_a") == LinkCode("K7Q4MXP").Hash("acc_b") {
		t.Error("the same code has the same hash at two accounts")
	}
}

func FuzzFindCodes(f *testing.F) {
	f.Add("Hello (ref K7Q-4MXP)")
	f.Fuzz(func(t *testing.T, text string) {
		for _, code := range findCodes(text) {
			if len(code) != codeLength || !mixed(string(code)) {
				t.Errorf("%q is no code", code)
			}
			withoutCode(text, code)
		}
	})
}
