package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// settings are read from the environment:
//
//	SHOPIFY_APP_URL        where this server is reached, as in shopify.app.toml
//	SHOPIFY_CLIENT_ID      the app's, from Shopify
//	SHOPIFY_CLIENT_SECRETS the app's; two, separated by a comma, while one is being replaced, the new one first
//	TAGALONG_URL           where merchants connect
//	SEALING_KEYS           seals tokens in the file; two while one is being replaced, the new one first; "tagalong-shopify key" makes one
//	DATABASE               the file; tagalong-shopify.db otherwise
//	LISTEN                 the address; 127.0.0.1:8091 otherwise
//	STANDALONE             1 for an app outside Shopify's admin
//	KEEP_TRANSCRIPTS       1 to leave conversations alone when a buyer's data is to be erased
//	THEME_BLOCK            the theme extension's block; chat otherwise
type settings struct {
	options shopify.Options
	keys    []string
	file    string
	listen  string
}

func read(env func(string) string) (settings, error) {
	for _, name := range []string{"SHOPIFY_APP_URL", "SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRETS", "TAGALONG_URL", "SEALING_KEYS"} {
		if env(name) == "" {
			return settings{}, fmt.Errorf("%s is not set", name)
		}
	}
	return settings{
		options: shopify.Options{
			URL: env("SHOPIFY_APP_URL"), ClientID: env("SHOPIFY_CLIENT_ID"), Secrets: sign.Secrets(list(env("SHOPIFY_CLIENT_SECRETS"))),
			Chat: env("TAGALONG_URL"), Standalone: env("STANDALONE") == "1", KeepTranscripts: env("KEEP_TRANSCRIPTS") == "1",
			Block: env("THEME_BLOCK"),
		},
		keys: list(env("SEALING_KEYS")), file: or(env("DATABASE"), "tagalong-shopify.db"), listen: or(env("LISTEN"), "127.0.0.1:8091"),
	}, nil
}

func list(s string) []string {
	all := strings.Split(s, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func newKey() string {
	var raw [store.KeySize]byte
	_, _ = rand.Read(raw[:]) // never fails
	return base64.StdEncoding.EncodeToString(raw[:])
}
