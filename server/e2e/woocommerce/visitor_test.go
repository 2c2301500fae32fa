package woocommerce_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// visitor is somebody who comes to the site with a browser that runs no script.
type visitor struct {
	t *testing.T
	s *site
	c *http.Client
}

// buyer is what a guest fills in.
var buyer = map[string]string{
	"first_name": "Ana", "last_name": "Lopez", "address_1": "Calle 1", "postcode": "10115", "city": "Berlin", "country": "DE",
	"email": "ana@example.test", "phone": "+49 30 1234567",
}

func (s *site) visit(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := harness.NewClient()
	c.Jar = jar
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if req.URL.Host != s.host() || len(via) > 5 {
			return http.ErrUseLastResponse // who leaves the site is looked after by the test
		}
		return nil
	}
	return &visitor{t: t, s: s, c: c}
}

// page is what the visitor sees.
type page struct {
	status int
	url    *url.URL
	header http.Header
	body   string
}

func (v *visitor) do(req *http.Request) page {
	v.t.Helper()
	resp, err := v.c.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{resp.StatusCode, resp.Request.URL, resp.Header, string(b)}
}

func (v *visitor) get(address string) page {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.s.url(address)
	}
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

// submit sends a form.
func (v *visitor) submit(address string, form url.Values) page {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.s.url(address)
	}
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

// setCookie gives the browser a cookie of the site's pages.
func (v *visitor) setCookie(name, value string) {
	at, _ := url.Parse(v.s.url("/"))
	v.c.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// signIn goes through WordPress's form.
func (v *visitor) signIn(login, password string) {
	v.t.Helper()
	v.get("/wp-login.php") // sets the cookie that shows that cookies are taken
	p := v.submit("/wp-login.php", url.Values{"log": {login}, "pwd": {password}, "testcookie": {"1"}, "redirect_to": {v.s.url("/")}})
	if p.status != http.StatusOK || strings.Contains(p.body, "login_error") {
		v.t.Fatalf("%s is not let in: %d", login, p.status)
	}
}

var fields = regexp.MustCompile(`<input[^>]*type=["']hidden["'][^>]*>`)

var (
	nameOf  = regexp.MustCompile(`name=["']([^"']*)["']`)
	valueOf = regexp.MustCompile(`value=["']([^"']*)["']`)
)

// hidden reads the hidden fields of a page's forms.
func (p page) hidden() url.Values {
	out := url.Values{}
	for _, tag := range fields.FindAllString(p.body, -1) {
		name, value := nameOf.FindStringSubmatch(tag), valueOf.FindStringSubmatch(tag)
		if name != nil && value != nil {
			out.Set(name[1], value[1])
		}
	}
	return out
}

// store calls the Store API, as the blocks do.
func (v *visitor) store(method, path string, in any, status int) map[string]any {
	v.t.Helper()
	var body io.Reader
	if in != nil {
		b, _ := json.Marshal(in)
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, v.s.url("/wp-json/wc/store/v1"+path), body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if method != http.MethodGet {
		first := v.get("/wp-json/wc/store/v1/cart")
		req.Header.Set("Nonce", first.header.Get("Nonce"))
	}
	p := v.do(req)
	if p.status != status {
		v.t.Fatalf("%s %s: %d, want %d\n%s", method, path, p.status, status, p.body)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(p.body), &out); err != nil {
		v.t.Fatalf("%s %s: %v\n%s", method, path, err, p.body)
	}
	return out
}

// product gives the number of a product. They stay the same: the site is always the same when a test begins.
func (s *site) product(t *testing.T, sku string) int {
	t.Helper()
	if s.products == nil {
		s.do(t, &s.products, `$all = []; foreach (wc_get_products(['limit' => 50]) as $p) { $all[$p->get_sku()] = $p->get_id(); } return $all;`)
	}
	return s.products[sku]
}

// puts puts a product into the cart.
func (v *visitor) puts(sku string) {
	v.t.Helper()
	p := v.get(fmt.Sprintf("/?add-to-cart=%d", v.s.product(v.t, sku)))
	if p.status != http.StatusOK || !strings.Contains(p.body, "Quantity of") {
		v.t.Fatalf("%s is not in the cart: %d %s", sku, p.status, p.url)
	}
}

var orderNumber = regexp.MustCompile(`class="order-number">(\d+)<`)

// buys goes through the classic checkout with what is in the cart and gives the order's number.
func (v *visitor) buys() string {
	v.t.Helper()
	form := v.get("/checkout/").hidden()
	for field, value := range buyer {
		form.Set("billing_"+field, value)
	}
	form.Set("payment_method", "cod")
	form.Set("woocommerce_checkout_place_order", "1")
	p := v.submit("/checkout/", form)
	number := orderNumber.FindStringSubmatch(p.body)
	if number == nil {
		v.t.Fatalf("no order: %d %s\n%s", p.status, p.url, p.body)
	}
	return number[1]
}
