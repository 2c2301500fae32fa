package shopify

import (
	"maps"
	"slices"
)

// Owned tells whether a topic is about the app itself or about privacy.
func Owned(topic string) bool { return owned(topic) }

// OwnTopics are those.
func OwnTopics() []string { return slices.Sorted(maps.Keys(own)) }
