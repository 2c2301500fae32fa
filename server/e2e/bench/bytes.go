package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// bundles prints what a shopper's browser loads, as the server sends it with gzip.
func bundles(context.Context, settings) error {
	t := &run{}
	defer t.end()
	s := harness.Start(t, harness.Options{})
	fmt.Println("Bytes (gzip), as sent")
	for name, path := range map[string]string{"loader (goal: 6,000)": "/w/" + s.ShopKey + ".js", "panel (goal: 35,000)": "/panel/" + s.ShopKey} {
		n, err := gzipped(s.URL("chat", path))
		if err != nil {
			return err
		}
		fmt.Printf("%-44s%16d\n", name, n)
	}
	return nil
}

func gzipped(url string) (int, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := harness.NewClient().Do(req) // the transport asks for gzip and undoes it
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", url, resp.Status)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := z.Write(body); err != nil {
		return 0, err
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	return b.Len(), nil
}

// run lets the harness work outside of a test.
type run struct {
	testing.TB
	ends []func()
}

func (r *run) Helper()                      {}
func (r *run) Logf(string, ...any)          {}
func (r *run) Log(...any)                   {}
func (r *run) Fatal(args ...any)            { panic(fmt.Sprintln(args...)) }
func (r *run) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (r *run) Cleanup(f func())             { r.ends = append(r.ends, f) }
func (r *run) TempDir() string {
	dir, err := os.MkdirTemp("", "tagalong-bench-")
	if err != nil {
		panic(err)
	}
	r.Cleanup(func() { _ = os.RemoveAll(filepath.Clean(dir)) })
	return dir
}

func (r *run) end() {
	for _, end := range slices.Backward(r.ends) {
		end()
	}
}
