package example

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var update = flag.Bool("update", false, "write the golden files anew")

// payloads are Kiosk's deliveries; each has beside it, as .golden.json, what Tagalong gets for it.
func payloads(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no payloads: ", err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if strings.HasSuffix(name, ".golden.json") || filepath.Base(name) == "check.json" {
			continue
		}
		if all[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func mapped(t *testing.T, body []byte) news {
	t.Helper()
	d, err := parse(body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := told(d)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestMap(t *testing.T) {
	for name, body := range payloads(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			got, err := json.MarshalIndent(mapped(t, body), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			golden := strings.TrimSuffix(name, ".json") + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s became\n%s\nwant\n%s", name, got, want)
			}
		})
	}
}

// The contract is read from its source, so that a change of it shows here first.
func TestMapGivesWhatTheContractSays(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromFile("../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	schema := document.Components.Schemas["EventBatch"].Value
	// The contract's own example must pass the same check, or the check says nothing.
	example, err := os.ReadFile("../../openapi/examples/pushEvents.request.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(schema, example); err != nil {
		t.Fatal("the contract's example: ", err)
	}
	if err := valid(schema, bytes.Replace(example, []byte(`"version"`), []byte(`"verzion"`), 1)); err == nil {
		t.Fatal("the check takes anything")
	}
	for name, body := range payloads(t) {
		n := mapped(t, body)
		if len(n.Events) > 0 {
			if err := valid(schema, encoded(t, map[string]any{"events": n.Events})); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, redaction := range n.Redact {
			if err := valid(document.Components.Schemas["Redaction"].Value, encoded(t, redaction)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func valid(schema *openapi3.Schema, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	return schema.VisitJSON(value, openapi3.EnableFormatValidation())
}

// A repeated delivery must be known as a repeat, so nothing of the moment may get into its events.
func TestMapIsPure(t *testing.T) {
	for name, body := range payloads(t) {
		first, err1 := json.Marshal(mapped(t, body))
		second, err2 := json.Marshal(mapped(t, body))
		if err1 != nil || err2 != nil || !bytes.Equal(first, second) {
			t.Errorf("%s maps to\n%s\nand then to\n%s (%v, %v)", name, first, second, err1, err2)
		}
	}
}

func TestMapRefuses(t *testing.T) {
	tests := []struct{ name, body string }{
		{"an order without its object", `{"delivery":"1","event":"order.changed","sent_at":"2026-11-21T19:34:16Z"}`},
		{"an order without an id", `{"delivery":"1","event":"order.changed","sent_at":"2026-11-21T19:34:16Z","order":{"currency":"EUR"}}`},
		{"an amount that is none", `{"delivery":"1","event":"order.changed","sent_at":"2026-11-21T19:34:16Z","order":{"id":1,"currency":"EUR","amounts":{"total":"1,50"}}}`},
		{"an amount in no currency", `{"delivery":"1","event":"order.changed","sent_at":"2026-11-21T19:34:16Z","order":{"id":1,"amounts":{"total":"1.50"}}}`},
		{"a parcel of no order", `{"delivery":"1","event":"parcel.changed","sent_at":"2026-11-21T19:34:16Z","parcel":{"id":1}}`},
		{"a basket without a token", `{"delivery":"1","event":"basket.emptied","sent_at":"2026-11-21T19:34:16Z","basket":{}}`},
		{"somebody to forget whom nothing names", `{"delivery":"1","event":"customer.forgotten","sent_at":"2026-11-21T19:34:16Z","customer":{}}`},
		{"a removed order without an id", `{"delivery":"1","event":"order.removed","sent_at":"2026-11-21T19:34:16Z","order":{}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := parse([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := told(d); err == nil {
				t.Errorf("mapped to %+v", got)
			}
		})
	}
}

func FuzzParseAndMap(f *testing.F) {
	f.Add([]byte(`{"delivery":"1","event":"order.changed","sent_at":"2026-11-21T19:34:16Z","order":{"id":1,"currency":"EUR"}}`))
	f.Add([]byte(`{"delivery":"1","event":"customer.forgotten","sent_at":"2026-11-21T19:34:16Z","customer":{"id":7},"orders":[1]}`))
	f.Add([]byte(`{"delivery":"1","event":"parcel.changed","sent_at":"2026-11-21T19:34:16Z","parcel":{"id":"x","order":1}}`))
	f.Fuzz(func(_ *testing.T, body []byte) {
		if d, err := parse(body); err == nil {
			_, _ = told(d)
		}
	})
}
