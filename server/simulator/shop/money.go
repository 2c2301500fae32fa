package shop

import (
	"fmt"
	"strconv"
)

// currency is the only one that the shop sells in.
const currency = "EUR"

// cents is an amount in minor units.
type cents int64

// in writes the amount the way the language does.
func (c cents) in(lang string) string {
	sign, amount := "", c
	if amount < 0 {
		sign, amount = "−", -amount
	}
	whole, fraction := strconv.FormatInt(int64(amount/100), 10), fmt.Sprintf("%02d", amount%100)
	switch lang {
	case "de":
		return sign + grouped(whole, ".") + "," + fraction + "\u00a0€"
	case "ar":
		return sign + grouped(whole, ",") + "." + fraction + "\u00a0€"
	default:
		return sign + "€" + grouped(whole, ",") + "." + fraction
	}
}

func grouped(digits, separator string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + separator + digits[at:]
	}
	return digits
}
