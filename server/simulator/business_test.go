package simulator

import (
	"testing"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

func TestTheDemosMerchantSettlesInAWorld(t *testing.T) {
	w := graph.New(graph.Options{BaseURL: "http://graph.localhost", MediaURL: "http://media.localhost", Seed: 1})
	if err := Marl().Settle(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if n := len(w.People()); n != 2 {
		t.Errorf("%d people have a phone, want 2", n)
	}
}
