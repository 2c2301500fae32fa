package tagalong

import (
	"strings"
	"testing"
)

func TestParseMoney(t *testing.T) {
	tests := []struct {
		name, decimal, currency string
		amount                  int64
	}{
		{"two digits", "49.90", "EUR", 4990},
		{"no point", "49", "EUR", 4900},
		{"one digit", "0.5", "USD", 50},
		{"no whole part", ".29", "USD", 29},
		{"what a float would get wrong", "1.15", "EUR", 115},
		{"the platform's lower case", "1.00", "eur", 100},
		{"yen have none", "1500", "JPY", 1500},
		{"yen of a careless platform", "1500.00", "JPY", 1500},
		{"dinars have three", "1.234", "KWD", 1234},
		{"dinars of a careless platform", "1.2", "KWD", 1200},
		{"four digits", "1.2345", "CLF", 12345},
		{"half rounds up", "0.005", "EUR", 1},
		{"less than half does not", "0.00499999", "EUR", 0},
		{"rounding carries", "0.995", "EUR", 100},
		{"negative halves round away from zero", "-0.005", "EUR", -1},
		{"negative", "-12.34", "EUR", -1234},
		{"six digits, as WooCommerce gives", "24.369748", "EUR", 2437},
		{"leading zeros", "0007.50", "EUR", 750},
		{"the largest", "90071992547409.91", "EUR", 9007199254740991},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseMoney(test.decimal, test.currency)
			if err != nil {
				t.Fatal(err)
			}
			want := Money{Amount: test.amount, Currency: strings.ToUpper(test.currency)}
			if got != want {
				t.Errorf("ParseMoney(%q, %q) = %+v, want %+v", test.decimal, test.currency, got, want)
			}
		})
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	for _, decimal := range []string{
		"", "-", ".", "1.", "1,50", "1 000", "1e3", "NaN", "0x10", "+1", "--1", "1.2.3", " 1", "١",
		"90071992547409.92", "90071992547409.915", "92233720368547758.07", "99999999999999999999",
	} {
		if got, err := ParseMoney(decimal, "EUR"); err == nil {
			t.Errorf("ParseMoney(%q) = %+v, want an error", decimal, got)
		}
	}
	for _, currency := range []string{"", "EU", "EURO", "E1R", "€"} {
		if got, err := ParseMoney("1", currency); err == nil {
			t.Errorf("ParseMoney in %q = %+v, want an error", currency, got)
		}
	}
}

func TestFormatMoneyIsTheInverse(t *testing.T) {
	for _, test := range []struct{ decimal, currency string }{
		{"49.90", "EUR"},
		{"0.05", "EUR"},
		{"0.00", "EUR"},
		{"-0.05", "EUR"},
		{"-12.34", "EUR"},
		{"1500", "JPY"},
		{"0", "JPY"},
		{"-3", "JPY"},
		{"1.234", "KWD"},
		{"0.001", "KWD"},
	} {
		money, err := ParseMoney(test.decimal, test.currency)
		if err != nil {
			t.Fatal(err)
		}
		if got := FormatMoney(money); got != test.decimal {
			t.Errorf("FormatMoney(%+v) = %q, want %q", money, got, test.decimal)
		}
	}
}

func FuzzParseMoney(f *testing.F) {
	f.Add("49.90", "EUR")
	f.Add("-0.005", "KWD")
	f.Fuzz(func(t *testing.T, decimal, currency string) {
		money, err := ParseMoney(decimal, currency)
		if err != nil {
			return
		}
		again, err := ParseMoney(FormatMoney(money), money.Currency)
		if err != nil || again != money {
			t.Errorf("%q %q: %+v became %+v (%v)", decimal, currency, money, again, err)
		}
	})
}
