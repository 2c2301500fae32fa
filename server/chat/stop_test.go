package chat

import "testing"

func TestStopWordsAreHeardInManyLanguages(t *testing.T) {
	for _, text := range []string{"STOP", "stop.", " Stop! ", "Ｓｔｏｐ", "Abmelden", "désabonner", "Darme de baja", "СТОП", "إيقاف", "退订", "수신거부", "Stop promotions"} {
		if !asksToStop(text) {
			t.Errorf("%q does not stop", text)
		}
	}
}

func TestSentencesWithAStopWordInThemDoNotStop(t *testing.T) {
	for _, text := range []string{"Please don't stop the parcel", "does the bus stop there?", "", "stop by tomorrow", "When does the sale end?"} {
		if asksToStop(text) {
			t.Errorf("%q stops", text)
		}
	}
}

func TestStartTakesItUpAgain(t *testing.T) {
	for _, text := range []string{"START", "start", "Alta", "ابدأ", "开始"} {
		if !asksToStart(text) || asksToStop(text) {
			t.Errorf("%q does not start", text)
		}
	}
}
