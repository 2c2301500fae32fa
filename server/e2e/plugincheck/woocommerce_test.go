package plugincheck_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
	"github.com/tagalong-chat/tagalong/server/plugincheck"
)

// What the receiver of WooCommerce's own webhooks makes of orders stands beside the plugin's map, which it shares.
const wooPayloads = "../../../plugins/woocommerce/tests/testdata"

// wooCases are the orders as they are recorded, and those made by hand.
var wooCases = []string{
	"webhook_order_created", "webhook_order_updated_pending", "webhook_order_updated_processing", "webhook_order_updated_completed",
	"cases/order_jpy", "cases/order_kwd", "cases/order_custom_status",
}

// wooFolder makes the kit's folder. The id of an event is that of its body, and its time the order's own: WooCommerce sends neither.
func wooFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range wooCases {
		name := filepath.Base(file)
		payload := read(t, filepath.Join(wooPayloads, file+".json"))
		var events []map[string]json.RawMessage
		if err := json.Unmarshal(read(t, filepath.Join(wooPayloads, "golden", name+".json")), &events); err != nil {
			t.Fatal(name, err)
		}
		var order struct {
			Modified string `json:"date_modified_gmt"`
		}
		if err := json.Unmarshal(payload, &order); err != nil {
			t.Fatal(name, err)
		}
		at, err := time.Parse("2006-01-02T15:04:05", order.Modified)
		if err != nil {
			t.Fatal(name, err)
		}
		sum := sha256.Sum256(payload)
		for i := range events {
			id := "wcwh:order:" + hex.EncodeToString(sum[:])
			if _, suffix, more := strings.Cut(strings.Trim(string(events[i]["id"]), `"`), "#"); more {
				id += "#" + suffix
			}
			events[i]["id"] = json.RawMessage(fmt.Sprintf("%q", id))
			events[i]["occurred_at"] = json.RawMessage(fmt.Sprintf("%q", at.Format("2006-01-02T15:04:05.000000Z")))
		}
		golden, err := json.Marshal(map[string]any{"events": events})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".json"), payload)
		write(t, filepath.Join(dir, name+".golden.json"), golden)
	}
	write(t, filepath.Join(dir, "check.json"), []byte(`{
		"platform": "woocommerce", "path": "/index.php", "secret": "woo-check-secret",
		"signature": {"header": "X-WC-Webhook-Signature", "algorithm": "hmac-sha256", "encoding": "base64"},
		"skip": {
			"big_ids": "WooCommerce's ids are a database's counters.",
			"guest": "A checkout asks for an e-mail address.",
			"redaction": "WooCommerce has no webhook for it; the plugin that is installed in the shop hears of it."
		}
	}`))
	return dir
}

func TestTheReceiverOfWooCommercesWebhooksStandsTheKit(t *testing.T) {
	if _, err := exec.LookPath("php"); err != nil {
		t.Skip("php is not installed")
	}
	receiver, err := filepath.Abs("../../../plugins/woocommerce/receiver")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("WOO_SECRETS", "order=woo-check-secret")
	t.Setenv("WOO_CURRENCY", "EUR")
	t.Setenv("WOO_SPOOL", t.TempDir())
	address := fmt.Sprintf("127.0.0.1:%d", harness.FreePort(t))
	var report bytes.Buffer
	err = plugincheck.Main(t.Context(), []string{
		"--url", "http://" + address, "--cases", wooFolder(t), "--listen", "127.0.0.1:0", "--answer-within", "20s", "--",
		"php", "-S", address, "-t", receiver,
	}, &report)
	if err != nil {
		t.Errorf("%v\n%s", err, &report)
	}
}
