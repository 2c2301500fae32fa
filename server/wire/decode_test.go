package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func TestDecodeRefusesWhatTheStandardLibraryLetsPass(t *testing.T) {
	for name, c := range map[string]struct {
		json, code string
		paths      []string
	}{
		"nothing":                       {``, "bad_json", nil},
		"only space":                    {"  ", "bad_json", nil},
		"not JSON":                      {`{client_id: 1}`, "bad_json", nil},
		"a list":                        {`[]`, "invalid", []string{""}},
		"null":                          {`null`, "invalid", []string{""}},
		"something after the end":       {`{"client_id":"a","kind":"note","message":{"text":"x"}} {}`, "bad_json", nil},
		"an unknown field":              {`{"client_id":"a","kind":"note","message":{"text":"x"},"seq":4}`, "unknown_field", []string{"seq"}},
		"an unknown field inside":       {`{"client_id":"a","kind":"note","message":{"sender":"agent"}}`, "unknown_field", []string{"message.sender"}},
		"another case":                  {`{"Client_ID":"a","kind":"note","message":{"text":"x"}}`, "unknown_field", []string{"Client_ID"}},
		"another case beside the right": {`{"client_id":"a","CLIENT_ID":"b","kind":"note","message":{}}`, "unknown_field", []string{"CLIENT_ID"}},
		"a key twice":                   {`{"client_id":"a","client_id":"a","kind":"note","message":{}}`, "bad_json", nil},
		"a key twice, once escaped":     {`{"client_id":"a","client\u005fid":"b","kind":"note","message":{}}`, "bad_json", nil},
		"an unknown key twice":          {`{"x":1,"x":2,"client_id":"a","kind":"note","message":{}}`, "bad_json", nil},
		"an unknown key with text":      {`{"<b>hello</b>":1,"client_id":"a","kind":"note","message":{}}`, "unknown_field", []string{"?"}},
		"null for a string":             {`{"client_id":null,"kind":"note","message":{"text":"x"}}`, "invalid", []string{"client_id"}},
		"null for an object":            {`{"client_id":"a","kind":"note","message":null}`, "invalid", []string{"message"}},
		"a missing field":               {`{"client_id":"a","kind":"note"}`, "invalid", []string{"message"}},
		"two faults":                    {`{"client_id":7,"kind":"shout","message":{}}`, "invalid", []string{"client_id", "kind"}},
		"invalid UTF-8":                 {"{\"client_id\":\"\xff\",\"kind\":\"note\",\"message\":{}}", "bad_json", nil},
		"a lone surrogate":              {`{"client_id":"\ud800","kind":"note","message":{}}`, "bad_json", nil},
		"a surrogate without a partner": {`{"client_id":"\ud800\u0041","kind":"note","message":{}}`, "bad_json", nil},
		"a low surrogate first":         {`{"client_id":"\udc00","kind":"note","message":{}}`, "bad_json", nil},
		"NUL":                           {`{"client_id":"a\u0000","kind":"note","message":{}}`, "bad_json", nil},
		"NUL in a key":                  {`{"a\u0000":1}`, "bad_json", nil},
		"a control character":           {"{\"client_id\":\"a\tb\",\"kind\":\"note\",\"message\":{}}", "bad_json", nil},
		"a fraction":                    {`{"client_id":"a","kind":"note","message":{"reply_to":1.0}}`, "invalid", []string{"message.reply_to"}},
		"an exponent":                   {`{"client_id":"a","kind":"note","message":{"reply_to":1e3}}`, "invalid", []string{"message.reply_to"}},
		"a string for a number":         {`{"client_id":"a","kind":"note","message":{"reply_to":"1"}}`, "invalid", []string{"message.reply_to"}},
		"2^63":                          {`{"client_id":"a","kind":"note","message":{"reply_to":9223372036854775808}}`, "invalid", []string{"message.reply_to"}},
		"a leading zero":                {`{"client_id":"a","kind":"note","message":{"reply_to":01}}`, "bad_json", nil},
		"a plus sign":                   {`{"client_id":"a","kind":"note","message":{"reply_to":+1}}`, "bad_json", nil},
		"NaN":                           {`{"client_id":"a","kind":"note","message":{"reply_to":NaN}}`, "bad_json", nil},
		"a trailing comma":              {`{"client_id":"a","kind":"note","message":{},}`, "bad_json", nil},
		"a comment":                     {`{"client_id":"a",/**/"kind":"note","message":{}}`, "bad_json", nil},
		"a fault in a list":             {`{"client_id":"a","kind":"note","message":{"choices":[{"id":"a","title":"b"},{"id":"a"}]}}`, "invalid", []string{"message.choices[1].title"}},
		"33 levels":                     {`{"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, "bad_json", nil},
		"9,999 levels":                  {strings.Repeat("[", 9999), "bad_json", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var v openapi.NewEntry
			err := wire.Decode([]byte(c.json), &v)
			e, ok := chat.AsError(err)
			if !ok || e.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			var paths []string
			for _, f := range e.Fields {
				paths = append(paths, f.Path)
			}
			if !slices.Equal(paths, c.paths) {
				t.Errorf("faults at %q, want %q", paths, c.paths)
			}
			if !reflect.DeepEqual(v, openapi.NewEntry{}) {
				t.Errorf("something was taken all the same: %+v", v)
			}
		})
	}
}

func TestDecodeTellsNullFromAbsentWhereTheContractAllowsNull(t *testing.T) {
	var p openapi.ConversationPatch
	if err := wire.Decode([]byte(`{"assignee":null}`), &p); err != nil || !p.Assignee.IsNull() {
		t.Errorf("null: %v %v", p.Assignee, err)
	}
	p = openapi.ConversationPatch{}
	if err := wire.Decode([]byte(`{}`), &p); err != nil || p.Assignee.IsSpecified() {
		t.Errorf("absent: %v %v", p.Assignee, err)
	}
	if err := wire.Decode([]byte(`{"assignee":"agt_x"}`), &p); err != nil || p.Assignee.MustGet() != "agt_x" {
		t.Errorf("a value: %v %v", p.Assignee, err)
	}
	if err := wire.Decode([]byte(`{"assignee":7}`), &p); !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("a number: %v", err)
	}
}

func TestDecodeKeepsLargeIntegersAndAllCharacters(t *testing.T) {
	var v openapi.NewEntry
	in := `{"client_id":"a","kind":"message","message":{"text":"😀 \ud83d\ude00 \u00e4\n","reply_to":9007199254740991,"order":"\/1"}}`
	if err := wire.Decode([]byte(in), &v); err != nil {
		t.Fatal(err)
	}
	if v.Message.Text != "😀 😀 ä\n" || v.Message.ReplyTo != 9007199254740991 || v.Message.Order != "/1" {
		t.Errorf("got %+v", v.Message)
	}
}

func TestDecodeTakesEveryGoldenRequest(t *testing.T) {
	for pattern, into := range map[string]any{
		"client.*": &openapi.ClientFrame{}, "pushEvents.request": &openapi.EventBatch{}, "postEntry.request": &openapi.NewEntry{},
		"createShop.request": &openapi.NewShop{}, "updateShop.request": &openapi.ShopPatch{}, "updateMe.request": &openapi.MePatch{},
	} {
		files, err := filepath.Glob("../../openapi/examples/" + pattern + ".json")
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := wire.Decode(raw, into); err != nil {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
}

// FuzzDecode holds Decode against encoding/json: what Decode takes, the strictest encoding/json takes too and reads alike, and it
// survives being written and read again.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("../../openapi/examples/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	for _, s := range []string{`{"type":"ping","TYPE":"send"}`, `{"type":"send","message":{"text":"\ud800"}}`, `[[[[`, "{\"type\":\"\xc3\"}", `{"type":"ping"}x`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		compare[openapi.ClientFrame](t, data)
		compare[openapi.EventBatch](t, data)
		compare[openapi.ConversationPatch](t, data)
	})
}

func compare[T any](t *testing.T, data []byte) {
	t.Helper()
	var got, want, again T
	err := wire.Decode(data, &got)
	if err != nil {
		if _, ok := chat.AsError(err); !ok {
			t.Fatalf("an error that no door can map: %v", err)
		}
		return
	}
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&want); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", data, err)
	}
	if _, err := strict.Token(); err != io.EOF {
		t.Fatalf("something follows in %q", data)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q reads as %+v, want %+v", data, got, want)
	}
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.Decode(raw, &again); err != nil {
		t.Fatalf("%s, made from %q, is refused: %v", raw, data, err)
	}
}
