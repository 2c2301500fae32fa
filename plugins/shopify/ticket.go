package shopify

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

// A ticket lets a button of the merchant's page do one kind of thing for one shop, for a while. It takes the place of a cookie,
// which browsers do not send from inside Shopify's admin.
const ticketTime = 30 * time.Minute

const (
	actConnect    = "connect"
	actDisconnect = "disconnect"
	actRetry      = "retry"
)

type ticket struct {
	Shop     string `json:"shop"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
}

// Its audience keeps it apart from Shopify's session tokens, which the same secret signs.
func ticketFor(act string) string { return "tagalong-shopify:" + act }

func (a *App) ticket(act, shop string) string {
	return sign.JWT(a.o.Secrets.Current(), "", map[string]any{
		"shop": shop, "aud": ticketFor(act), "exp": a.now().Add(ticketTime).Unix(),
	})
}

// redeem gives the shop that a ticket is for; false: it is none, it is for something else, or it is over.
func (a *App) redeem(act, text string) (shop string, ok bool) {
	content, signature := text, ""
	if i := strings.LastIndexByte(text, '.'); i >= 0 {
		content, signature = text[:i], text[i+1:]
	}
	if !a.o.Secrets.JWT(content, signature) {
		return "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(content[strings.IndexByte(content, '.')+1:])
	var t ticket
	if err != nil || json.Unmarshal(raw, &t) != nil {
		return "", false
	}
	return t.Shop, t.Audience == ticketFor(act) && t.Expires > a.now().Unix() && sign.IsShop(t.Shop)
}
