package shop

import (
	"slices"
	"strings"
)

// product is a piece of the collection. Its words are in the locale files under
// product.<handle>.
type product struct {
	Handle string
	Piece  string // which picture
	Range  string // which part of the collection
	Price  cents
	Glazes []string // the first is the default
}

// ranges are the parts of the collection, in the order of the menu.
var ranges = []string{"cups", "plates", "home"}

var catalogue = []product{
	{"dune-mug", "mug", "cups", 2600, []string{"sand", "moss", "ink", "rust"}},
	{"tide-bowl", "bowl", "plates", 3200, []string{"ink", "sand", "rust", "chalk"}},
	{"fjord-vase", "vase", "home", 6800, []string{"rust", "moss", "ink", "chalk"}},
	{"ember-teapot", "teapot", "cups", 8900, []string{"moss", "sand", "rust"}},
	{"pebble-cups", "espresso", "cups", 3400, []string{"rust", "moss", "ink"}},
	{"moon-jar", "moonjar", "home", 12400, []string{"chalk", "sand", "ink"}},
	{"meadow-plate", "plate", "plates", 3600, []string{"moss", "sand", "ink", "rust", "chalk"}},
	{"reed-pitcher", "pitcher", "cups", 5400, []string{"sand", "moss", "ink"}},
	{"salt-cellar", "salt", "plates", 2800, []string{"chalk", "moss", "rust"}},
	{"ash-candle-holder", "candle", "home", 2400, []string{"ink", "sand", "moss"}},
	{"terrace-planter", "planter", "home", 4600, []string{"chalk", "rust", "ink"}},
	{"alpine-butter-dish", "butter", "plates", 4900, []string{"ink", "moss", "rust"}},
}

func productNamed(handle string) (product, bool) {
	i := slices.IndexFunc(catalogue, func(p product) bool { return p.Handle == handle })
	if i < 0 {
		return product{}, false
	}
	return catalogue[i], true
}

// glaze is the wished glaze where the product has it, else the default.
func (p product) glaze(wish string) string {
	if slices.Contains(p.Glazes, wish) {
		return wish
	}
	return p.Glazes[0]
}

func (p product) picture(glaze string) string { return "/pictures/" + p.Piece + "-" + glaze + ".svg" }

// Path is the address of its page.
func (p product) Path() string { return "/products/" + p.Handle }

func (p product) variant(glaze string) string { return p.Handle + "-" + glaze }

func (p product) sku(glaze string) string {
	return "MRL-" + strings.ToUpper(p.Piece[:3]+"-"+glaze[:3])
}

// related are up to four others, the same range first.
func (p product) related() []product {
	var same, others []product
	for _, q := range catalogue {
		switch {
		case q.Handle == p.Handle:
		case q.Range == p.Range:
			same = append(same, q)
		default:
			others = append(others, q)
		}
	}
	return append(same, others...)[:4]
}
