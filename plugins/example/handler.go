package example

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// maxBody is far above what Kiosk sends.
const maxBody = 1 << 20

// retryAfter is asked of Kiosk when Tagalong could not take the event.
const retryAfter = 30 * time.Second

// Pusher takes news to Tagalong; [tagalong.Client] is one. A nil error means that each event was taken or has its reason
// in the results; an error means that nothing is certain and the same should come again.
type Pusher interface {
	PushEvents(ctx context.Context, events []tagalong.Event) ([]tagalong.Result, error)
	Redact(ctx context.Context, r tagalong.Redaction) (tagalong.PrivacyRequest, error)
}

var _ Pusher = (*tagalong.Client)(nil)

// Options of a [Handler].
type Options struct {
	// Secrets are the webhook's active ones; two while one is being replaced. Without any the handler refuses all.
	Secrets []string
	Pusher  Pusher
	// Log gets ids and codes, never a buyer's data.
	Log *slog.Logger
}

// Handler takes Kiosk's webhooks: limit, verify, parse, map, push, answer.
type Handler struct{ options Options }

// New makes a handler; it refuses to work without a secret.
func New(options Options) (*Handler, error) {
	if len(options.Secrets) == 0 || slices.Contains(options.Secrets, "") {
		return nil, errors.New("a webhook secret is missing or empty")
	}
	return &Handler{options}, nil
}

// ServeHTTP answers 2xx when Tagalong has the event, or when sending it again would not help; 503 when it should come
// again. A storefront that keeps getting errors switches a webhook off, so a fault in an order's data is logged, not
// answered with one.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuseBody(w, err)
		return
	}
	if !signed(body, r.Header.Get(signatureHeader), h.options.Secrets) {
		http.Error(w, "the signature does not match", http.StatusUnauthorized)
		return
	}
	d, err := parse(body)
	if err != nil {
		h.options.Log.Error("a signed delivery cannot be read", "error", err)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.take(w, r, d)
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request, d delivery) {
	log := h.options.Log.With("delivery", d.ID, "event", d.Event)
	mapped, err := told(d)
	if err != nil {
		log.Error("a delivery cannot be mapped", "error", err)
	}
	if err := h.push(r.Context(), log, mapped); err != nil {
		log.Error("tagalong did not take it", "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
		http.Error(w, "not taken, send it again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (h *Handler) push(ctx context.Context, log *slog.Logger, n news) error {
	if len(n.Events) > 0 {
		results, err := h.options.Pusher.PushEvents(ctx, n.Events)
		if err != nil {
			return err
		}
		for _, result := range results {
			report(log, result)
		}
	}
	for _, redaction := range n.Redact {
		request, err := h.options.Pusher.Redact(ctx, redaction)
		if err != nil {
			return err
		}
		log.Info("asked to forget a buyer", "request", request.ID)
	}
	return nil
}

func report(log *slog.Logger, result tagalong.Result) {
	if result.Outcome != api.EventOutcomeInvalid || result.Error == nil {
		log.Info("pushed", "outcome", string(result.Outcome))
		return
	}
	paths := make([]string, 0, len(result.Error.Fields))
	for _, field := range result.Error.Fields {
		paths = append(paths, field.Path+" "+field.Message)
	}
	log.Error("tagalong calls an event invalid", "code", string(result.Error.Code), "fields", paths)
}

func refuseBody(w http.ResponseWriter, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "the body did not arrive", http.StatusBadRequest)
}
