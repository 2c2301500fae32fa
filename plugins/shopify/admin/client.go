package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/Khan/genqlient/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Version of the Admin API that the operations are written for. Shopify has a new one each quarter and keeps one for a year.
const Version = "2026-07"

// ErrUnauthorized says that Shopify does not take the token, not even a new one.
var ErrUnauthorized = errors.New("the shop's token is refused")

// Tokens gives a shop's token. renew asks for another one than refused, which Shopify did not take.
type Tokens interface {
	Token(ctx context.Context, shop string, refused string) (string, error)
}

// Client asks one shop's Admin API. It is what the generated functions want.
type Client struct {
	Shop   string
	Tokens Tokens
	HTTP   *http.Client
	Base   func(shop string) string // nil: the shop's own address
	Log    *slog.Logger
	// Outdated is told when Shopify answers as another version: an old one is not refused, Shopify answers as the oldest that it
	// still knows. Nil: it goes into the log each time.
	Outdated func(asked, answered string)
	// Wait waits for the budget to grow; nil: a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

var _ graphql.Client = (*Client)(nil)

const (
	tries     = 5
	maxAnswer = 8 << 20
	longest   = 20 * time.Second // a full bucket is full again after that
)

// MakeRequest asks until there is an answer: again when the budget is used up or Shopify is not well, and once more with another
// token when this one is refused.
//
// What Shopify leaves out because the app was not granted it (protected customer data) is no failure: the rest is there.
func (c *Client) MakeRequest(ctx context.Context, req *graphql.Request, resp *graphql.Response) error {
	body, err := json.Marshal(req)
	if err != nil {
		return err
	}
	token, err := c.Tokens.Token(ctx, c.Shop, "")
	if err != nil {
		return err
	}
	renewed := false
	for try := 1; ; try++ {
		a, err := c.ask(ctx, token, body)
		if err == nil && a.status == http.StatusUnauthorized && !renewed {
			renewed = true
			if token, err = c.Tokens.Token(ctx, c.Shop, token); err != nil {
				return err
			}
			continue
		}
		wait, again := a.again(err, try)
		if !again || try == tries {
			return c.settle(req.OpName, a, err, resp)
		}
		if err := c.wait(ctx, wait); err != nil {
			return err
		}
	}
}

func (c *Client) ask(ctx context.Context, token string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base()+"/admin/api/"+Version+"/graphql.json", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Shopify-Access-Token", token)
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	if got := resp.Header.Get("X-Shopify-Api-Version"); got != "" && got != Version {
		c.outdated(got)
	}
	a := answer{status: resp.StatusCode, retryAfter: resp.Header.Get("Retry-After"), request: resp.Header.Get("X-Request-Id")}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return a, err
	}
	if a.status == http.StatusOK {
		if err := json.Unmarshal(raw, &a); err != nil {
			return a, fmt.Errorf("the answer is no JSON: %w", err)
		}
	}
	return a, nil
}

func (c *Client) outdated(answered string) {
	if c.Outdated != nil {
		c.Outdated(Version, answered)
		return
	}
	c.Log.Warn("shopify answers as another version of its API", "shop", c.Shop, "asked", Version, "answered", answered)
}

func (c *Client) base() string {
	if c.Base != nil {
		return c.Base(c.Shop)
	}
	return "https://" + c.Shop
}

func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if c.Wait != nil {
		return c.Wait(ctx, d)
	}
	return Pause(ctx, d)
}

// Pause waits for d, or until ctx ends.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// settle fills what the generated function gives back.
func (c *Client) settle(operation string, a answer, err error, resp *graphql.Response) error {
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", operation, err)
	case a.status == http.StatusUnauthorized:
		return fmt.Errorf("%s: %w", operation, ErrUnauthorized)
	case a.status != http.StatusOK:
		return fmt.Errorf("%s: Shopify answered %d (request %s)", operation, a.status, a.request)
	}
	if bad := a.failures(); len(bad) > 0 || len(a.Data) == 0 || string(a.Data) == "null" {
		if len(bad) == 0 {
			bad = a.Errors // denied altogether
		}
		return fmt.Errorf("%s (request %s): %w", operation, a.request, list(bad))
	}
	if len(a.Errors) > 0 {
		c.Log.Info("shopify leaves out what the app was not granted", "shop", c.Shop, "operation", operation, "fields", len(a.Errors))
	}
	return json.Unmarshal(a.Data, resp.Data)
}

type answer struct {
	status     int
	retryAfter string
	request    string

	Data       json.RawMessage `json:"data"`
	Errors     []problem       `json:"errors"`
	Extensions struct {
		Cost struct {
			Requested float64 `json:"requestedQueryCost"`
			Throttle  struct {
				Available float64 `json:"currentlyAvailable"`
				Restore   float64 `json:"restoreRate"`
			} `json:"throttleStatus"`
		} `json:"cost"`
	} `json:"extensions"`
}

type problem struct {
	Message    string `json:"message"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

const (
	codeThrottled = "THROTTLED"
	codeDenied    = "ACCESS_DENIED"
)

// again tells whether and when the same may be asked once more.
func (a answer) again(err error, try int) (time.Duration, bool) {
	backoff := time.Duration(math.Pow(2, float64(try-1))) * time.Second
	switch {
	case err != nil:
		return backoff, !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	case a.status == http.StatusTooManyRequests:
		if d, err := time.ParseDuration(a.retryAfter + "s"); err == nil && d > 0 {
			return min(d, longest), true
		}
		return backoff, true
	case a.status >= http.StatusInternalServerError:
		return backoff, true
	case a.throttled():
		return a.refill(backoff), true
	}
	return 0, false
}

// throttled comes with status 200 (https://shopify.dev/docs/api/usage/limits).
func (a answer) throttled() bool {
	for _, e := range a.Errors {
		if e.Extensions.Code == codeThrottled {
			return true
		}
	}
	return false
}

// refill is how long the budget takes to grow to what the query costs.
func (a answer) refill(otherwise time.Duration) time.Duration {
	cost := a.Extensions.Cost
	missing := cost.Requested - cost.Throttle.Available
	if cost.Throttle.Restore <= 0 || missing <= 0 {
		return otherwise
	}
	return min(time.Duration(missing/cost.Throttle.Restore*float64(time.Second)), longest)
}

// failures are the errors other than those of fields that the app may not see.
func (a answer) failures() []problem {
	var bad []problem
	for _, e := range a.Errors {
		if e.Extensions.Code != codeDenied {
			bad = append(bad, e)
		}
	}
	return bad
}

func list(problems []problem) error {
	var all gqlerror.List
	for _, p := range problems {
		all = append(all, &gqlerror.Error{Message: strings.TrimSpace(p.Extensions.Code + " " + p.Message)})
	}
	if len(all) == 0 {
		return errors.New("the answer has no data")
	}
	return all
}
