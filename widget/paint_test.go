package widget

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// testColors are those that shops really have, the extremes, an even grid, and what is no colour.
func testColors() []string {
	colors := strings.Fields(`
		#a8482a #1f5f54 #000000 #ffffff #ffcc00 #ffff00 #00ff00 #00ffff #ff00ff #ff0000
		#0000ff #e60023 #1db954 #ff5a00 #ff6600 #0061fe #4285f4 #25d366 #1877f2 #ff4500
		#e4405f #5865f2 #6441a5 #ff9900 #f7df1e #96bf48 #7f54b3 #00a4ef #f25022 #7fba00
		#ffb900 #d4af37 #c0c0c0 #808080 #777777 #767676 #f5f5dc #ffe4e1 #fafad2 #2b2b2b
		#123524 #4b0082 #8b4513 #a0522d #bc8f8f #ffc0cb #b0e0e6 #98fb98 #dda0dd #f0e68c`)
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				colors = append(colors, fmt.Sprintf("#%02X%02x%02x", r, g, b))
			}
		}
	}
	return append(colors, "", "red", "#12345", "#zzzzzz", "url(x)")
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, ok := parseColor(a)
	y, ok2 := parseColor(b)
	if !ok || !ok2 {
		t.Fatalf("%q or %q is no colour", a, b)
	}
	return ratio(x, y)
}

func TestTheLauncherCanBeReadOnEveryColour(t *testing.T) {
	for _, c := range testColors() {
		if p := launcherPaint(c); contrast(t, p[0], p[1]) < 4.5 {
			t.Errorf("%q: %v", c, p)
		}
	}
}

func TestThePanelCanBeReadInEveryColourAndTheme(t *testing.T) {
	for theme, paper := range map[string]rgb{"light": lightPaper, "dark": darkPaper} {
		for _, c := range testColors() {
			p := panelPaint(c, paper)
			for what, got := range map[string]float64{
				"ink on brand":           contrast(t, p.Brand, p.OnBrand) / 4.5,
				"brand text on paper":    contrast(t, p.BrandText, paper.hex()) / 4.5,
				"brand text on its tint": contrast(t, p.BrandText, p.BrandSoft) / 4.5,
				// A bubble must be told from the paper that it lies on.
				"brand on paper": contrast(t, p.Brand, paper.hex()) / 1.2,
			} {
				if got < 1 {
					t.Errorf("%s, %q: %s: %v", theme, c, what, p)
				}
			}
		}
	}
}

func TestAColourThatCanBeReadStaysAsItIs(t *testing.T) {
	if got := panelPaint("#A8482A", lightPaper).Brand; got != "#a8482a" {
		t.Errorf("got %s", got)
	}
	if got := launcherPaint("nonsense")[0]; got != defaultColor {
		t.Errorf("no colour gave %s", got)
	}
}

// TestThePaperIsThatOfTheTokens: the sums are done on the paper that the styles draw.
func TestThePaperIsThatOfTheTokens(t *testing.T) {
	css, err := os.ReadFile("src/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`--tg-paper: (#\w{6});`).FindAllStringSubmatch(string(css), -1)
	if len(found) != 2 || found[0][1] != lightPaper.hex() || found[1][1] != darkPaper.hex() {
		t.Errorf("tokens.css has %v, paint.go %s and %s", found, lightPaper.hex(), darkPaper.hex())
	}
}
