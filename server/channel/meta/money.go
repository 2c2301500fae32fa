package meta

import (
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// decimals gives how many decimal places a currency's minor unit has, by ISO 4217.
func decimals(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}

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
	n := decimals(currency)
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

// price writes money for people who read a plain text: "19.00 EUR".
func price(m chat.Money) string {
	n := decimals(m.Currency)
	amount, sign := m.Amount, ""
	if amount < 0 {
		amount, sign = -amount, "-"
	}
	s := strconv.FormatInt(amount, 10)
	if n > 0 {
		if len(s) <= n {
			s = strings.Repeat("0", n+1-len(s)) + s
		}
		s = s[:len(s)-n] + "." + s[len(s)-n:]
	}
	return sign + s + " " + m.Currency
}
