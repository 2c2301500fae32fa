package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

func TestASecretThatIsShownOnceIsNotPrinted(t *testing.T) {
	w := api.Webhook{ID: "whk_1", Secret: "whsec_test", URL: "https://erp.example/?key=test"}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "webhook", w)
	for _, printed := range []string{fmt.Sprint(w), fmt.Sprintf("%+v", w), fmt.Sprintf("%#v", w), fmt.Sprint([]api.Webhook{w}), log.String()} {
		if strings.Contains(printed, "test") || !strings.Contains(printed, "whk_1") {
			t.Errorf("it prints %s", printed)
		}
	}
	if b, err := json.Marshal(w); err != nil || !strings.Contains(string(b), "whsec_test") {
		t.Errorf("as JSON it is %s, %v", b, err)
	}
}
