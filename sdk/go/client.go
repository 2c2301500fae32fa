package tagalong

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Version of this package, told to the server in the User-Agent.
const sdkVersion = "0.1.0"

// An answer is at most a page of a list; more than this is not from our server.
const maxAnswer = 32 << 20

// The contract's types that callers need most, under their short names.
type (
	// Event is one change in the shop.
	Event = api.ContextEvent
	// Result says what became of an event.
	Result = api.EventResult
	// Order is an order of the shop.
	Order = api.Order
	// Conversation is a conversation as agents see it.
	Conversation = api.Conversation
	// Entry is one line of a conversation's log.
	Entry = api.Entry
	// Draft is a message to be.
	Draft = api.Draft
	// Money is an amount in minor units.
	Money = api.Money
	// FieldProblem says what is wrong with one field.
	FieldProblem = api.FieldProblem
)

// Client calls Tagalong for one shop with one plugin key. It is safe for concurrent use.
type Client struct {
	shop    string
	api     *api.Client
	timeout time.Duration
	newID   func() string
}

type config struct {
	http      api.HttpRequestDoer
	timeout   time.Duration
	retries   int
	userAgent string
}

// Option changes how a [Client] works.
type Option func(*config)

// WithHTTPClient sends requests through another client; [http.DefaultClient] otherwise.
func WithHTTPClient(c api.HttpRequestDoer) Option { return func(o *config) { o.http = c } }

// WithTimeout is the time that one call may take over all its tries; 30 seconds otherwise. For iterators it counts per page.
func WithTimeout(d time.Duration) Option { return func(o *config) { o.timeout = d } }

// WithRetries is how often a call is tried again; 4 times otherwise.
func WithRetries(n int) Option { return func(o *config) { o.retries = n } }

// WithUserAgent names the plugin, as in "tagalong-woocommerce/1.2"; it stands before the SDK's own name.
func WithUserAgent(name string) Option { return func(o *config) { o.userAgent = name } }

// New makes a client for shop ("shop_…") at baseURL ("https://chat.example.com") with a plugin key ("tgk_…").
func New(baseURL, shop, key string, options ...Option) (*Client, error) {
	if shop == "" || key == "" {
		return nil, errors.New("tagalong: a shop and a key are needed")
	}
	return newClient(baseURL, shop, key, options)
}

// newClient also makes clients without a shop or a key, for the calls that need none.
func newClient(baseURL, shop, key string, options []Option) (*Client, error) {
	c := config{http: http.DefaultClient, timeout: 30 * time.Second, retries: 4}
	for _, option := range options {
		option(&c)
	}
	retrying := &retrier{next: c.http, retries: c.retries, sleep: sleep, random: randomFraction}
	generated, err := api.NewClient(strings.TrimRight(baseURL, "/"),
		api.WithHTTPClient(retrying), api.WithRequestEditorFn(credentials(key, c.userAgent)), api.WithRequestEditorFn(withoutEmptyQuery))
	if err != nil {
		return nil, fmt.Errorf("tagalong: base URL: %w", err)
	}
	return &Client{shop: shop, api: generated, timeout: c.timeout, newID: newID}, nil
}

// API is the generated client, with this client's credentials and retries, for what has no method here.
func (c *Client) API() *api.Client { return c.api }

func credentials(key, userAgent string) api.RequestEditorFn {
	agent := strings.TrimSpace(fmt.Sprintf("%s tagalong-go/%s (%s; %s)", userAgent, sdkVersion, runtime.Version(), runtime.GOOS))
	return func(_ context.Context, req *http.Request) error {
		if key != "" {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		req.Header.Set("User-Agent", agent)
		req.Header.Set("Accept", "application/json")
		return nil
	}
}

// withoutEmptyQuery takes out what was not given: the generated client writes an absent parameter as an empty one, which
// the server would refuse.
func withoutEmptyQuery(_ context.Context, req *http.Request) error {
	query := req.URL.Query()
	for name, values := range query {
		if len(values) == 1 && values[0] == "" {
			query.Del(name)
		}
	}
	req.URL.RawQuery = query.Encode()
	return nil
}

// call runs one call under the deadline and reads its answer: T for 2xx, an *Error otherwise.
func call[T any](ctx context.Context, c *Client, send func(context.Context) (*http.Response, error)) (T, error) {
	var answer T
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	resp, err := send(ctx)
	if err != nil {
		return answer, noAnswer(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer, noAnswer(err)
	}
	if resp.StatusCode/100 != 2 {
		return answer, readError(resp, body)
	}
	if resp.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, &Error{Status: resp.StatusCode, Code: "bad_answer", Message: "The answer is not what the contract says.", Err: err}
	}
	return answer, nil
}
