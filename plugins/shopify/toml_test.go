package shopify_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
)

var (
	list   = regexp.MustCompile(`(?s)\n  (?:compliance_)?topics = \[(.*?)\]`)
	quoted = regexp.MustCompile(`"([^"]+)"`)
)

// What is subscribed to and what is read are the same, and so are what is asked for and what Shopify is told.
func TestTheAppAsShopifyKnowsIt(t *testing.T) {
	raw, err := os.ReadFile("shopify.app.toml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if !strings.Contains(text, `scopes = "`+strings.Join(shopify.Scopes, ",")+`"`) {
		t.Error("the scopes differ from the code's")
	}
	if !strings.Contains(text, `api_version = "`+admin.Version+`"`) {
		t.Error("the version differs from the code's")
	}
	var subscribed []string
	for _, found := range list.FindAllStringSubmatch(text, -1) {
		for _, topic := range quoted.FindAllStringSubmatch(found[1], -1) {
			subscribed = append(subscribed, topic[1])
		}
	}
	for _, topic := range subscribed {
		if !mapping.Known(topic) && !shopify.Owned(topic) {
			t.Errorf("nothing reads %s", topic)
		}
	}
	slices.Sort(subscribed)
	if twice := slices.Compact(slices.Clone(subscribed)); len(twice) != len(subscribed) {
		t.Error("a topic is subscribed to twice")
	}
	for _, topic := range append(mapping.Topics(), shopify.OwnTopics()...) {
		if !slices.Contains(subscribed, topic) {
			t.Errorf("%s is not subscribed to", topic)
		}
	}
}
