package chat

// Money is an amount in the currency's minor units: 1099 EUR is 10.99 €, 1099 JPY is 1099 ¥.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"` // ISO 4217
}

// MaxAmount bounds amounts so that they are exact in JavaScript too.
const MaxAmount = 1<<53 - 1

func (m Money) problems(path string) (bad []Field) {
	if m.Amount < -MaxAmount || m.Amount > MaxAmount {
		bad = append(bad, Field{path + ".amount", "is out of range"})
	}
	if !validCurrency(m.Currency) {
		bad = append(bad, Field{path + ".currency", "must be an ISO 4217 code of three capital letters"})
	}
	return bad
}

func validCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for i := range 3 {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
