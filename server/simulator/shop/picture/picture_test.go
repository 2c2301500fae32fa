package picture

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

func TestEveryPieceInEveryGlazeIsWellFormedAndAsksNobody(t *testing.T) {
	for _, name := range Pieces() {
		for _, g := range Glazes {
			svg, err := Still(name, g.Name)
			if err != nil {
				t.Fatal(err)
			}
			checkSVG(t, name+" "+g.Name, svg)
		}
	}
	checkSVG(t, "shelf", Shelf())
}

func checkSVG(t *testing.T, what string, svg []byte) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	ids, used := map[string]bool{}, map[string]bool{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range element.Attr {
			if a.Name.Local == "href" || a.Name.Local == "style" {
				t.Errorf("%s: %s has %s", what, element.Name.Local, a.Name.Local)
			}
			if a.Name.Local == "id" {
				if ids[a.Value] {
					t.Errorf("%s: id %s twice", what, a.Value)
				}
				ids[a.Value] = true
			}
			if ref, found := strings.CutPrefix(a.Value, "url(#"); found {
				used[strings.TrimSuffix(ref, ")")] = true
			}
			if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "%!") {
				t.Errorf("%s: %s=%q", what, a.Name.Local, a.Value)
			}
		}
	}
	for ref := range used {
		if !ids[ref] {
			t.Errorf("%s: refers to %s, which is not defined", what, ref)
		}
	}
}

func TestTheSameInputGivesTheSamePicture(t *testing.T) {
	a, _ := Still("mug", "moss")
	b, _ := Still("mug", "moss")
	if string(a) != string(b) {
		t.Error("two drawings of one mug differ")
	}
}

func TestUnknownPiecesAndGlazesAreRefused(t *testing.T) {
	for _, name := range [][2]string{{"sofa", "sand"}, {"mug", "neon"}, {"", ""}} {
		if _, err := Still(name[0], name[1]); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: %v", name, err)
		}
	}
}
