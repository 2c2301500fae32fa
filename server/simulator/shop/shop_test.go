package shop

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// person is a browser with a cookie jar in front of a running shop.
type person struct {
	t      *testing.T
	shop   *Shop
	base   string
	client *http.Client
}

func open(t *testing.T) *person {
	t.Helper()
	shop := New(Options{
		PublicURL: "http://chat.localhost:1", ShopID: "shop_a", ShopKey: "pk_a", PluginKey: "tgk_a",
		IdentityKID: "kid-1", IdentitySecret: "a secret of the shop", BaseURL: "http://shop.localhost:2",
	})
	server := httptest.NewServer(shop.Handler())
	t.Cleanup(server.Close)
	return (&person{t: t, shop: shop, base: server.URL}).fresh()
}

// fresh is another browser in the same shop.
func (v *person) fresh() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return &person{v.t, v.shop, v.base, &http.Client{Jar: jar}}
}

type page struct {
	*http.Response
	body string
}

func (v *person) do(request *http.Request) page {
	v.t.Helper()
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{response, string(body)}
}

func (v *person) request(method, path, contentType, body string) *http.Request {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	return request
}

func (v *person) get(path string) page {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, "", ""))
}

func (v *person) post(path string, form url.Values) page {
	v.t.Helper()
	return v.do(v.request(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode()))
}

func (v *person) postJSON(path, body string) page {
	v.t.Helper()
	return v.do(v.request(http.MethodPost, path, "application/json", body))
}

func (v *person) add(product, glaze, quantity string) page {
	v.t.Helper()
	return v.post("/cart/add", url.Values{"product": {product}, "glaze": {glaze}, "quantity": {quantity}})
}

func buyer() url.Values {
	return url.Values{
		"name": {"Ada Byron"}, "email": {"ada@example.com"}, "phone": {"+44 20 7946 0000"},
		"street": {"12 St James's Square"}, "postcode": {"SW1Y 4JH"}, "city": {"London"}, "country": {"GB"},
	}
}

// buy adds a mug, pays and returns the order.
func (v *person) buy() order {
	v.t.Helper()
	v.add("dune-mug", "moss", "2")
	if got := v.post("/checkout", buyer()); got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Request.URL.Path, "/thanks/") {
		v.t.Fatalf("checkout: %d at %s", got.StatusCode, got.Request.URL)
	}
	return v.shop.orders[len(v.shop.orders)-1]
}

func TestPages(t *testing.T) {
	for _, c := range []struct {
		path     string
		status   int
		contains string
	}{
		{"/", 200, "Stoneware for slow mornings."},
		{"/?range=home", 200, "Moon jar"},
		{"/?range=nonsense", 200, "Dune mug"},
		{"/products/ember-teapot", 200, "/pictures/teapot-moss.svg"},
		{"/products/ember-teapot?glaze=rust", 200, "/pictures/teapot-rust.svg"},
		{"/products/ember-teapot?glaze=neon", 200, "/pictures/teapot-moss.svg"},
		{"/products/sofa", 404, "This shelf is empty."},
		{"/cart", 200, "Nothing here yet."},
		{"/checkout", 200, "Nothing here yet."}, // sent to the empty cart
		{"/sign-in", 200, "Mara Lindqvist"},
		{"/backstage", 200, "No orders yet."},
		{"/orders/M-1", 404, "This shelf is empty."},
		{"/pictures/teapot-rust.svg", 200, "<svg"},
		{"/pictures/shelf.svg", 200, "<svg"},
		{"/pictures/teapot-neon.svg", 404, ""},
		{"/pictures/teapot-rust.png", 404, ""},
		{"/static/shop.css", 200, "--accent"},
		{"/static/../shop.go", 404, ""},
		{"/?lang=de", 200, `<html lang="de" dir="ltr">`},
		{"/?lang=ar", 200, `<html lang="ar" dir="rtl">`},
		{"/?lang=xx", 200, `<html lang="en" dir="ltr">`},
		{"/identity", 204, ""},
	} {
		t.Run(c.path, func(t *testing.T) {
			got := open(t).get(c.path)
			if got.StatusCode != c.status || !strings.Contains(got.body, c.contains) {
				t.Errorf("%d, wanted %d with %q in:\n%.600s", got.StatusCode, c.status, c.contains, got.body)
			}
		})
	}
}

func TestEveryProductHasItsPageInEveryLanguage(t *testing.T) {
	v := open(t)
	for _, lang := range languages {
		for _, p := range catalogue {
			got := v.get(p.Path() + "?lang=" + lang)
			if got.StatusCode != http.StatusOK || strings.Contains(got.body, ">product.") {
				t.Errorf("%s in %s: %d or a missing word", p.Handle, lang, got.StatusCode)
			}
		}
	}
}

func TestTheLanguageStaysAndFollowsTheBrowserAtFirst(t *testing.T) {
	v := open(t)
	first := v.request(http.MethodGet, "/", "", "")
	first.Header.Set("Accept-Language", "fr-CH, de-CH;q=0.9, en;q=0.8")
	if got := v.do(first); !strings.Contains(got.body, `lang="de"`) {
		t.Error("a German browser is not greeted in German")
	}
	if got := v.get("/products/moon-jar?glaze=ink&lang=ar"); got.Request.URL.RawQuery != "glaze=ink" {
		t.Errorf("the switch leads to %s", got.Request.URL)
	}
	if got := v.get("/cart"); !strings.Contains(got.body, `dir="rtl"`) {
		t.Error("the chosen language is forgotten")
	}
}

func TestNoPageCarriesInlineCodeOrAsksAnotherOriginThanTheChats(t *testing.T) {
	v := open(t)
	o := v.buy()
	v.add("tide-bowl", "ink", "1")
	for _, path := range []string{"/", "/products/dune-mug", "/cart", "/checkout", "/sign-in", "/backstage", o.path(), "/thanks/" + o.number + "?key=" + o.key} {
		got := v.get(path)
		policy := got.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self' http://chat.localhost:1;", "trusted-types 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy lacks %s: %s", path, part, policy)
			}
		}
		for _, bad := range []string{" style=", "<style", " onclick=", "javascript:", "https://"} {
			if strings.Contains(got.body, bad) {
				t.Errorf("%s contains %s", path, bad)
			}
		}
		if !strings.Contains(got.body, `<script async src="http://chat.localhost:1/w/pk_a.js" data-cfasync="false" data-no-optimize="1" nowprocket></script>`) {
			t.Errorf("%s lacks the snippet", path)
		}
	}
}

func TestNothingIsStoredInABrowserThatOnlyLooks(t *testing.T) {
	v := open(t)
	for _, path := range []string{"/", "/products/dune-mug", "/cart", "/sign-in"} {
		if cookies := v.get(path).Cookies(); len(cookies) > 0 {
			t.Errorf("%s sets %v", path, cookies)
		}
	}
	if len(v.shop.sessions) != 0 {
		t.Errorf("%d sessions", len(v.shop.sessions))
	}
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	v := open(t)
	request := v.request(http.MethodPost, "/cart/add", "application/x-www-form-urlencoded", "product=dune-mug")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := v.do(request); got.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", got.StatusCode)
	}
}

func TestBuyingGoesFromTheShelfToTheStatusPage(t *testing.T) {
	v := open(t)
	if got := v.add("dune-mug", "moss", "2"); !strings.Contains(got.body, "In your cart: Dune mug") {
		t.Error("nothing says that the mug is in the cart")
	}
	v.add("moon-jar", "", "1")
	if got := v.get("/cart"); !strings.Contains(got.body, "€176.00") || !strings.Contains(got.body, "ships for free") {
		t.Errorf("cart: %s", got.body)
	}
	v.post("/cart/set", url.Values{"variant": {"moon-jar-chalk"}, "quantity": {"0"}})
	if got := v.get("/cart"); !strings.Contains(got.body, "€56.90") {
		t.Error("two mugs and their shipping are not €56.90")
	}
	if got := v.post("/cart/coupon", url.Values{"coupon": {"nope"}}); !strings.Contains(got.body, "This code is not known.") {
		t.Error("an unknown coupon passes")
	}
	if got := v.post("/cart/coupon", url.Values{"coupon": {" hello10 "}}); !strings.Contains(got.body, "−€5.20") {
		t.Error("the coupon takes nothing off")
	}
	thanks := v.post("/checkout", buyer())
	if !strings.Contains(thanks.body, "Thank you, Ada.") {
		t.Fatalf("%d: %.500s", thanks.StatusCode, thanks.body)
	}
	o := v.shop.orders[0]
	if o.phone != "+442079460000" || o.coupon != "HELLO10" || o.totals.Total != 5170 || o.cart == "" {
		t.Errorf("order: %+v", o)
	}
	if got := v.get(o.path()); !strings.Contains(got.body, "Order "+o.number) || !strings.Contains(got.body, "London") {
		t.Error("the status page does not show the order")
	}
	if got := v.get("/cart"); !strings.Contains(got.body, "Nothing here yet.") {
		t.Error("the cart is still full")
	}
}

func TestAnOrderOpensOnlyWithItsKey(t *testing.T) {
	v := open(t)
	o := v.buy()
	for _, path := range []string{"/orders/" + o.number, "/orders/" + o.number + "?key=x", "/thanks/" + o.number, "/orders/" + o.number + "/state?key="} {
		if got := v.get(path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

func TestCheckoutNamesEachWrongField(t *testing.T) {
	long := strings.Repeat("x", 121)
	for _, c := range []struct{ field, value, want string }{
		{"name", "", "error.required"},
		{"email", "ada", "error.email"},
		{"email", "Ada <ada@example.com>", "error.email"},
		{"phone", "020 7946", "error.phone"},
		{"street", long, "error.long"},
		{"postcode", strings.Repeat("1", 40), "error.long"},
		{"country", "XX", "error.country"},
		{"note", strings.Repeat("n", 1001), "error.long"},
	} {
		t.Run(c.field+" "+c.want, func(t *testing.T) {
			v := open(t)
			v.add("dune-mug", "moss", "1")
			form := buyer()
			form.Set(c.field, c.value)
			got := v.post("/checkout", form)
			if got.StatusCode != http.StatusUnprocessableEntity || len(v.shop.orders) != 0 {
				t.Errorf("status %d, %d orders", got.StatusCode, len(v.shop.orders))
			}
			if text := v.shop.locales["en"].text(c.want); c.field != "note" && !strings.Contains(html.UnescapeString(got.body), text) {
				t.Errorf("no %q on the page", text)
			}
		})
	}
}

func TestTheWarehouseMovesAnOrder(t *testing.T) {
	v := open(t)
	o := v.buy()
	for _, c := range []struct{ do, step string }{
		{"delivered", "placed"}, // not before it was shipped
		{"paid", "paid"},
		{"shipped", "shipped"},
		{"cancelled", "shipped"}, // too late
		{"delivered", "delivered"},
		{"refunded", "refunded"},
	} {
		v.post("/backstage/"+o.number+"/"+c.do, nil)
		if got := v.shop.orders[0].step(); got != c.step {
			t.Errorf("after %s it is %s, wanted %s", c.do, got, c.step)
		}
	}
	if got := v.post("/backstage/M-1/paid", nil); got.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown order: %d", got.StatusCode)
	}
}

func TestLinkKeepsTheShopperOfThisBrowserAlone(t *testing.T) {
	v := open(t)
	id := "shp_" + strings.Repeat("a", 26)
	for _, body := range []string{"", "{}", `{"shopper":"x"}`, `{"shopper":"` + id + `<"}`} {
		if got := v.postJSON("/link", body); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", body, got.StatusCode)
		}
	}
	if got := v.postJSON("/link", `{"shopper":"`+id+`"}`); got.StatusCode != http.StatusNoContent {
		t.Fatalf("status %d", got.StatusCode)
	}
	if o := v.buy(); o.shopper != id {
		t.Errorf("the order's shopper is %q", o.shopper)
	}
	if o := v.fresh().buy(); o.shopper != "" {
		t.Errorf("another browser's order has shopper %q", o.shopper)
	}
	v.post("/sign-in", url.Values{"customer": {"cust_1001"}})
	if o := v.buy(); o.shopper != "" || o.customer != "cust_1001" {
		t.Errorf("after signing in as somebody the order has %q, %q", o.shopper, o.customer)
	}
}

func TestThePageTellsWhatTheChatMayKnow(t *testing.T) {
	v := open(t)
	body := v.get("/products/fjord-vase?glaze=ink").body
	_, rest, _ := strings.Cut(body, `id="page-context">`)
	raw, _, _ := strings.Cut(rest, "</script>")
	var got pageContext
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	want := pageProduct{
		"fjord-vase", "Fjord vase", "http://shop.localhost:2/products/fjord-vase?glaze=ink",
		"http://shop.localhost:2/pictures/vase-ink.svg",
		eventMoney{6800, "EUR"},
	}
	if got.Product == nil || *got.Product != want {
		t.Errorf("product %+v", got.Product)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	v := open(t)
	for range maxSessions + 5 {
		(&visit{shop: v.shop, writer: httptest.NewRecorder(), session: &session{}, now: v.shop.options.Now()}).keep()
	}
	if n := len(v.shop.sessions); n != maxSessions {
		t.Errorf("%d sessions", n)
	}
}
