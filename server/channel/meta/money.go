package meta

import (
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// money reads a price as Meta writes it: a number in whole units, with the noise of a float behind it at times. It works on the
// digits, since a float can't hold most prices. nil: it is no price.
func money(price, currency string) *chat.Money {
	if len(currency) != 3 || strings.ToUpper(currency) != currency {
		return nil
	}
	whole, fraction, _ := strings.Cut(price, ".")
	if whole == "" || strings.Trim(whole+fraction, "0123456789") != "" || len(fraction) > 30 {
		return nil
	}
	n := channel.Decimals(currency)
	fraction += strings.Repeat("0", n+1)
	amount, err := strconv.ParseInt(whole+fraction[:n], 10, 64)
	if err != nil || amount >= chat.MaxAmount {
		return nil
	}
	if fraction[n] >= '5' {
		amount++
	}
	return &chat.Money{Amount: amount, Currency: currency}
}
