// Command go is a shop of one mug, with Tagalong in it: tagalong.go is what you copy, this file stands for your shop.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
)

func main() {
	client, err := tagalong.New(os.Getenv("TAGALONG_URL"), os.Getenv("TAGALONG_SHOP"), os.Getenv("TAGALONG_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	tokens, err := tagalong.NewIdentityTokens(os.Getenv("TAGALONG_SHOP_KEY"), os.Getenv("TAGALONG_KID"), os.Getenv("TAGALONG_IDENTITY_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	page, err := os.ReadFile("../page.html")
	if err != nil {
		log.Fatal(err)
	}
	html := strings.NewReplacer("{{TAGALONG_URL}}", os.Getenv("TAGALONG_URL"), "{{TAGALONG_SHOP_KEY}}", os.Getenv("TAGALONG_SHOP_KEY")).Replace(string(page))

	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, html) })
	http.HandleFunc("POST /sign-in", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "lia", HttpOnly: true})
		w.WriteHeader(http.StatusNoContent)
	})
	http.HandleFunc("GET /tagalong/identity", identity(tokens, signedIn))
	http.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		o := order{
			Number: "1001", Email: r.FormValue("email"), Shopper: r.FormValue("tagalong_shopper"), Total: "24.90", Currency: "EUR", Paid: true,
			Placed: now, Updated: now,
		}
		if who := signedIn(r); who != nil {
			o.CustomerID = who.Subject
		}
		if err := pushOrder(r.Context(), client, o); err != nil {
			log.Print(err) // the order stands all the same; push it again later
		}
		w.WriteHeader(http.StatusCreated)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

// signedIn stands for your own sessions.
func signedIn(r *http.Request) *tagalong.Identity {
	if c, err := r.Cookie("session"); err != nil || c.Value != "lia" {
		return nil
	}
	return &tagalong.Identity{Subject: "77", Name: "Lia Brandt", Email: "lia@example.org", EmailVerified: true}
}
