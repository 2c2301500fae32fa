package chat

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A message that is one of these words, and nothing else, ends or takes up what is sent unasked. The first three are what carriers
// and Meta name; the others are what people write.
var (
	stopWords = set(
		"stop", "unsubscribe", "stopall", "stop all", "end", "quit", "cancel messages", "opt out", "optout", "stop promotions", // en
		"stopp", "abmelden", "abbestellen", "aufhoren", "keine nachrichten", // de
		"arret", "arreter", "desabonner", "desinscription", // fr
		"baja", "parar", "alto", "cancelar suscripcion", "darme de baja", "no mas mensajes", // es
		"sair", "pare", "cancelar inscricao", "descadastrar", // pt
		"basta", "disiscriviti", "cancellami", "annulla iscrizione", // it
		"stoppen", "afmelden", "uitschrijven", // nl
		"wypisz", "rezygnuje", // pl
		"iptal", "dur", "abonelikten cik", // tr
		"стоп", "отписаться", "хватит", // ru
		"توقف", "إيقاف", "الغاء", "إلغاء", "الغاء الاشتراك", "إلغاء الاشتراك", "قف", // ar
		"停止", "退订", "退訂", "取消订阅", "停止する", "配信停止", "중지", "수신거부", "berhenti", "बंद करो", "रोकें", // zh, ja, ko, id, hi
	)
	startWords = set(
		"start", "unstop", "subscribe", "resume", "anmelden", "fortsetzen", "recommencer", "reprendre", "alta", "empezar", "iniciar",
		"inizia", "hervatten", "старт", "ابدأ", "استئناف", "开始", "開始", "시작", "başla", "basla",
	)
)

func set(words ...string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, w := range words {
		all[plainWord(w)] = true
	}
	return all
}

// plainWord brings a short text into the form that words are compared in: small letters without accents, marks and punctuation.
func plainWord(s string) string {
	if len(s) > 80 {
		return ""
	}
	out := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mc, r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(out), " ")
}

// asksToStop tells whether a text is a word that ends what is sent.
func asksToStop(text string) bool { return stopWords[plainWord(text)] }

// asksToStart tells whether a text is a word that takes it up again.
func asksToStart(text string) bool { return startWords[plainWord(text)] }

// heedWord keeps to a word that ends, or takes up, what is sent unasked.
func (ch *Change) heedWord(w heard, a *Address) {
	stop, start := asksToStop(w.draft.Message.Text), asksToStart(w.draft.Message.Text)
	if !stop && !start {
		return
	}
	c, code := ch.Conversation, "started"
	if stop {
		a.StoppedAt, code = w.at, "stopped"
	} else {
		a.NoMarketingAt = 0
	}
	for _, purpose := range []ConsentPurpose{ForConversation, ForOrderUpdates, ForMarketing} {
		if start && purpose == ForMarketing {
			continue // nobody asks for advertising by one word
		}
		ch.Consents = append(ch.Consents, Consent{
			ID: w.lineID(string(purpose)), Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Channel: a.Channel, Value: a.value(),
			Purpose: purpose, Granted: start, Wording: clip(w.draft.Message.Text, 80), Language: c.Shopper.Language, Source: ConsentByWord, At: w.at,
		})
	}
	ch.event(Event{Name: EventHint, Hint: &Hint{Code: code}}, system)
}
