package shop

import (
	"errors"
	"testing"
	"time"
)

func TestCart(t *testing.T) {
	now := time.Unix(1_795_000_000, 0)
	var c cart
	if err := c.add("sofa", "", 1, now); !errors.Is(err, errUnknownProduct) {
		t.Errorf("sofa: %v", err)
	}
	if err := c.add("dune-mug", "", 0, now); !errors.Is(err, errUnknownProduct) {
		t.Errorf("none: %v", err)
	}
	for range 3 {
		if err := c.add("dune-mug", "neon", 5, now); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.lines) != 1 || c.lines[0].glaze != "sand" || c.count() != maxQuantity {
		t.Errorf("lines %+v", c.lines)
	}
	c.set("dune-mug-sand", 1, now)
	if got := c.totals(); got != (totals{Subtotal: 2600, Shipping: 490, Tax: 577, Total: 3090}) {
		t.Errorf("totals %+v", got)
	}
	c.coupon = "SECONDS20"
	c.set("dune-mug-sand", 4, now)
	if got := c.totals(); got.Discount != 2080 || got.Shipping != 0 || got.Total != 8320 {
		t.Errorf("totals %+v", got)
	}
	c.set("dune-mug-sand", 0, now)
	if got := c.totals(); len(c.lines) != 0 || got != (totals{}) {
		t.Errorf("empty: %+v", got)
	}
}

func TestAFullCartSaysSo(t *testing.T) {
	var c cart
	var last error
	for _, p := range catalogue {
		for _, glaze := range p.Glazes {
			last = c.add(p.Handle, glaze, 1, time.Time{})
		}
	}
	if !errors.Is(last, errFull) || len(c.lines) != maxLines {
		t.Errorf("%v with %d lines", last, len(c.lines))
	}
}

func TestMoneyIsWrittenTheWayOfTheLanguage(t *testing.T) {
	for _, c := range []struct {
		amount cents
		lang   string
		want   string
	}{
		{5, "en", "€0.05"},
		{123456789, "en", "€1,234,567.89"},
		{-520, "en", "−€5.20"},
		{123456, "de", "1.234,56\u00a0€"},
		{99900, "ar", "999.00\u00a0€"},
	} {
		if got := c.amount.in(c.lang); got != c.want {
			t.Errorf("%d in %s: %q", c.amount, c.lang, got)
		}
	}
}
