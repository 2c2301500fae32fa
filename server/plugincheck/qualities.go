package plugincheck

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/openapi"
)

// exponents are the digits after the point of the currencies that have not two (ISO 4217, table A.1).
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0,
	"XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// currencyOf finds the currencies of the amounts in an object.
var currencyOf = regexp.MustCompile(`"amount":-?[0-9]+,"currency":"([A-Z]{3})"`)

// hasExponent is the quality of an event with amounts in a currency with so many decimals.
func hasExponent(n int) func(openapi.ContextEvent) bool {
	return func(e openapi.ContextEvent) bool {
		raw, err := json.Marshal(e)
		if err != nil {
			return false
		}
		return slices.ContainsFunc(currencyOf.FindAllStringSubmatch(string(raw), -1), func(m []string) bool {
			digits, listed := exponents[m[1]]
			return listed && digits == n
		})
	}
}

func isGuest(e openapi.ContextEvent) bool {
	o := e.Order
	return o != nil && (o.Customer == nil || o.Customer.Email == "" && o.Customer.ExternalID == "")
}

func hasUnknownStatus(e openapi.ContextEvent) bool {
	o, s := e.Order, e.Shipment
	return o != nil && o.StatusRaw != "" && (o.FinancialStatus == "" || o.FulfillmentStatus == "") ||
		s != nil && s.StatusRaw != "" && s.Status == ""
}

// exactInJavaScript is the largest integer up to which a float64 has them all.
const exactInJavaScript = 1 << 53

// bigID matches what may be an id that a float would round.
var bigID = regexp.MustCompile(`"(?:[a-z_]*external_id)":"([0-9]{16,19})"`)

// bigIDs of an event.
func bigIDs(e openapi.ContextEvent) (ids []string) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil
	}
	for _, m := range bigID.FindAllStringSubmatch(string(raw), -1) {
		if n, err := strconv.ParseInt(m[1], 10, 64); err == nil && n > exactInJavaScript {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// playBigIDs checks beside the golden files that each big id stands in the delivery digit by digit: a golden file that was written
// by the plugin itself could be as wrong as the plugin.
func playBigIDs(ctx context.Context, p *player) verdict {
	cases := p.folder.with(func(e openapi.ContextEvent) bool { return len(bigIDs(e)) > 0 })
	if len(cases) == 0 {
		return uncovered()
	}
	var f faults
	var names []string
	for _, c := range cases {
		names = append(names, c.name)
		d := p.delivery(c, "big_ids")
		mark := p.tagalong.mark()
		f.under(c.name, p.golden(ctx, d))
		for _, one := range taken(p.tagalong.since(mark)) {
			var e openapi.ContextEvent
			if json.Unmarshal(one.raw, &e) != nil {
				continue
			}
			for _, id := range bigIDs(e) {
				if !strings.Contains(c.payload, id) {
					f.add("%s: the id %s is not in the delivery", c.name, id)
				}
			}
		}
	}
	return f.verdict(shownBy(names))
}
