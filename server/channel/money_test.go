package channel_test

import (
	"testing"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestPricesHaveTheirCurrencysDecimals(t *testing.T) {
	for _, c := range []struct {
		money chat.Money
		want  string
	}{
		{chat.Money{Amount: 1900, Currency: "EUR"}, "19.00 EUR"},
		{chat.Money{Amount: 5, Currency: "EUR"}, "0.05 EUR"},
		{chat.Money{Amount: -1234, Currency: "USD"}, "-12.34 USD"},
		{chat.Money{Amount: 1099, Currency: "JPY"}, "1099 JPY"},
		{chat.Money{Amount: 12, Currency: "KWD"}, "0.012 KWD"},
		{chat.Money{Amount: 0, Currency: "EUR"}, "0.00 EUR"},
	} {
		if got := channel.Price(c.money); got != c.want {
			t.Errorf("%+v is %q, want %q", c.money, got, c.want)
		}
	}
}
