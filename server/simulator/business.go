package simulator

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

//go:embed seed/templates.json
var templatesFile []byte

// Business is what the demo's merchant has at the simulated Meta: what a real one copies from Meta's pages into the inbox. The
// secrets protect nothing.
type Business struct {
	AppID, AppSecret string
	Account          string // WhatsApp Business account
	Number, Phone    string // phone number id, and its digits
	Page, PageName   string
	Instagram        string
	InstagramName    string
	Token            string // of a system user who may do all of it
}

// Marl is the demo's merchant.
func Marl() Business {
	return Business{
		AppID: "1029384756102938", AppSecret: "demo-app-secret-of-nothing",
		Account: "102290129340398", Number: "106540352242922", Phone: "4930901820000",
		Page: "1755847768034402", PageName: "marl.stoneware",
		Instagram: "17841405822304914", InstagramName: "marl.stoneware",
		Token: "demo-token-of-nothing",
	}
}

// Settle puts the merchant's app, number, page, Instagram account and templates into a world, and the people who have a phone there.
func (b Business) Settle(ctx context.Context, w *graph.World) error {
	if err := w.AddApp(ctx, graph.App{ID: b.AppID, Name: "Marl chat", Secret: b.AppSecret, HumanAgent: true}); err != nil {
		return err
	}
	err := errors.Join(
		w.AddNumber(graph.Number{
			ID: b.Number, Account: b.Account, Display: b.Phone, Name: "Marl Stoneware", App: b.AppID, Token: b.Token, ContactBook: true,
		}),
		w.AddPage(graph.Page{ID: b.Page, Name: "Marl Stoneware", Username: b.PageName, App: b.AppID, Token: b.Token + "-page"}),
		w.AddInstagram(graph.Account{
			ID: b.Instagram, Name: "Marl Stoneware", Username: b.InstagramName, App: b.AppID, Token: b.Token + "-instagram",
		}),
	)
	var templates []graph.Template
	must(json.Unmarshal(templatesFile, &templates))
	for _, t := range templates {
		_, added := w.AddTemplate(b.Account, t)
		err = errors.Join(err, added)
	}
	for _, p := range []graph.Person{
		{ID: "lucia", Name: "Lucía Gómez", Phone: "34600000001", Handle: "lucia.gomez"},
		{ID: "tom", Name: "Tom Weber", Phone: "491700000002", Handle: "tomweber"},
	} {
		_, added := w.AddPerson(p)
		err = errors.Join(err, added)
	}
	return err
}
