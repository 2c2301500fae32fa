package chat

import (
	"strings"
	"testing"
)

func TestHandoffSettingsAreChecked(t *testing.T) {
	account := AccountID(PrefixAccount + strings.Repeat("a", idLength))
	good := HandoffSettings{
		Channels: []HandoffChannel{{Channel: ChannelWhatsApp, Account: account, Label: map[string]string{"de": "Weiter auf WhatsApp"}, Link: true}},
		Wording:  map[string]string{"en": "Write to me."}, Version: "2026-11", LeaveAfter: 60,
		Templates: map[Channel]AwayTemplate{ChannelWhatsApp: {Name: "answer", Params: map[string]string{"1": "{shop}"}}},
		Cap:       &Money{5000, "EUR"},
	}
	if bad := good.problems(); bad != nil {
		t.Fatalf("good settings are refused: %v", bad)
	}
	for name, c := range map[string]struct {
		spoil func(*HandoffSettings)
		path  string
	}{
		"the web is no channel to go to":  {func(h *HandoffSettings) { h.Channels[0].Channel = ChannelWeb }, "channels[0].channel"},
		"a channel is there twice":        {func(h *HandoffSettings) { h.Channels = append(h.Channels, h.Channels[0]) }, "channels[1].channel"},
		"an account must be one":          {func(h *HandoffSettings) { h.Channels[0].Account = "acc_1" }, "channels[0].account"},
		"a label must be short":           {func(h *HandoffSettings) { h.Channels[0].Label["de"] = strings.Repeat("x", 41) }, "channels[0].label"},
		"a wording needs its version":     {func(h *HandoffSettings) { h.Version = "" }, "version"},
		"nobody waits for a day":          {func(h *HandoffSettings) { h.LeaveAfter = 86400 }, "leave_after"},
		"a template needs a name":         {func(h *HandoffSettings) { h.Templates[ChannelWhatsApp] = AwayTemplate{} }, "templates.whatsapp.name"},
		"a cap is in a currency":          {func(h *HandoffSettings) { h.Cap = &Money{1, "EURO"} }, "cap.currency"},
		"a cap below nothing is no limit": {func(h *HandoffSettings) { h.Cap = &Money{-1, "EUR"} }, "cap.amount"},
	} {
		t.Run(name, func(t *testing.T) {
			h := good
			h.Channels = []HandoffChannel{good.Channels[0]}
			h.Channels[0].Label = map[string]string{"de": "Weiter"}
			h.Templates = map[Channel]AwayTemplate{ChannelWhatsApp: good.Templates[ChannelWhatsApp]}
			c.spoil(&h)
			for _, f := range h.problems() {
				if f.Path == "settings.handoff."+c.path {
					return
				}
			}
			t.Errorf("%s is not named: %v", c.path, h.problems())
		})
	}
}
