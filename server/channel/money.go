package channel

import (
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Decimals gives how many decimal places a currency's minor unit has, by ISO 4217.
func Decimals(currency string) int {
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

// Price writes money for people who read a plain text: "19.00 EUR".
func Price(m chat.Money) string {
	n := Decimals(m.Currency)
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
