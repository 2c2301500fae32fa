package tagalong

import (
	"fmt"
	"strconv"
	"strings"
)

// exponents are the digits after the point of the currencies whose number is not 2 (ISO 4217, table A.1).
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// The largest integer that JSON carries exactly everywhere.
const maxAmount = 1<<53 - 1

// ParseMoney turns a storefront's decimal, as in "49.90", into minor units of its currency. Digits beyond the currency's
// own are rounded half up (away from zero). It never goes through a float: 0.29 has no exact one.
func ParseMoney(decimal, currency string) (Money, error) {
	code := strings.ToUpper(currency)
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Money{}, fmt.Errorf("tagalong: %q is not a currency", currency)
	}
	amount, err := minorUnits(decimal, exponent(code))
	if err != nil {
		return Money{}, err
	}
	return Money{Amount: amount, Currency: code}, nil
}

// FormatMoney is the inverse: "49.90", with as many digits as the currency has, for logs and requests to a storefront.
func FormatMoney(m Money) string {
	sign, digits := "", strconv.FormatInt(m.Amount, 10)
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	n := exponent(m.Currency)
	if n == 0 {
		return sign + digits
	}
	if len(digits) <= n {
		digits = strings.Repeat("0", n+1-len(digits)) + digits
	}
	return sign + digits[:len(digits)-n] + "." + digits[len(digits)-n:]
}

func exponent(currency string) int {
	if n, ok := exponents[currency]; ok {
		return n
	}
	return 2
}

func minorUnits(decimal string, exponent int) (int64, error) {
	bad := fmt.Errorf("tagalong: %q is not a decimal amount", decimal)
	rest, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, pointed := strings.Cut(rest, ".")
	if !allDigits(whole) || !allDigits(fraction) || whole+fraction == "" || (pointed && fraction == "") {
		return 0, bad
	}
	roundUp := len(fraction) > exponent && fraction[exponent] >= '5'
	fraction = (fraction + strings.Repeat("0", exponent))[:exponent]
	amount, err := strconv.ParseInt("0"+whole+fraction, 10, 64)
	if roundUp && err == nil && amount <= maxAmount {
		amount++
	}
	if err != nil || amount > maxAmount {
		return 0, fmt.Errorf("tagalong: the amount %q is too large", decimal)
	}
	if negative {
		amount = -amount
	}
	return amount, nil
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
