package meta

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// call is one request to the Graph API. The token goes in a header, and to the Graph API alone.
type call struct {
	method  string
	base    string // of the Graph API or of Instagram's; empty: the former
	path    string // below the version
	query   url.Values
	body    any   // to be sent as JSON; nil: none
	form    *form // or as a form with a file
	account chat.Account
	app     chat.ProviderApp
	verdict func(code, subcode int) verdict
	harm    bool // to do it twice does harm: when its answer is lost, it is uncertain
}

const maxAnswer = 1 << 20

// do makes the call and reads its answer into the value. Its error is a *chat.SendError.
func (p *Platform) do(ctx context.Context, c call, answer any) error {
	err := p.exchange(ctx, c, answer)
	if err != nil && err.Class == chat.SendUncertain && !c.harm {
		err.Class = chat.SendRetry
	}
	if err != nil {
		return err
	}
	return nil
}

func (p *Platform) exchange(ctx context.Context, c call, answer any) *chat.SendError {
	var begun atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { begun.Store(true) }}
	r, err := p.request(httptrace.WithClientTrace(ctx, trace), c)
	if err != nil {
		return &chat.SendError{Class: chat.SendRejected, Code: codeParameter, Detail: err.Error()}
	}
	resp, err := p.graph.Do(r)
	if err != nil {
		return channel.Lost(bare(err), begun.Load())
	}
	defer func() { _ = resp.Body.Close() }() // there is nothing to be done about it
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil && resp.StatusCode < http.StatusMultipleChoices {
		return channel.Lost(bare(err), true)
	}
	return c.judge(resp, text, answer)
}

// bare takes the URL out of an error of net/http, since some of ours hold a token.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func (p *Platform) request(ctx context.Context, c call) (*http.Request, error) {
	q := url.Values{}
	maps.Copy(q, c.query)
	if len(c.app.Secrets) > 0 {
		q.Set("appsecret_proof", proof(c.app.Secrets[0], c.account.Token))
	}
	address := first(c.base, p.o.GraphURL) + "/" + p.o.Version + "/" + c.path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	body, size, kind, err := c.content()
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, c.method, address, body)
	if err != nil {
		return nil, errors.New("the account's id is none") // the error holds the URL
	}
	if size >= 0 {
		r.ContentLength = size
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Authorization", "Bearer "+c.account.Token)
	r.Header.Set("Accept", "application/json")
	return r, nil
}

// content gives the body with its size, -1 where net/http knows it.
func (c call) content() (body io.Reader, size int64, kind string, err error) {
	switch {
	case c.form != nil:
		return c.form.open()
	case c.body != nil:
		text, err := json.Marshal(c.body)
		return bytes.NewReader(text), -1, "application/json", err
	}
	return nil, -1, "", nil
}

// proof shows that who has the token has the app's secret too. https://developers.facebook.com/docs/graph-api/securing-requests
func proof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// graphError is what the Graph API answers when it refuses, with any status: even 200 has been seen.
type graphError struct {
	Error *struct {
		Message   word `json:"message"`
		Code      *int `json:"code"`
		Subcode   int  `json:"error_subcode"`
		Transient bool `json:"is_transient"`
		Data      struct {
			Details word `json:"details"`
		} `json:"error_data"`
		UserMessage word `json:"error_user_msg"`
		Trace       word `json:"fbtrace_id"`
	} `json:"error"`
}

// judge reads an answer. The body is looked at whatever the status says.
func (c call) judge(resp *http.Response, text []byte, answer any) *chat.SendError {
	var g graphError
	err := decode(text, &g)
	if err == nil && g.Error != nil && g.Error.Code != nil {
		return c.refused(resp, g)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return unexplained(resp)
	}
	if err != nil || g.Error != nil || len(text) > maxAnswer {
		return channel.Lost(errors.New("no answer that can be read"), true)
	}
	if err := decode(text, answer); err != nil {
		return channel.Lost(err, true)
	}
	return nil
}

func (c call) refused(resp *http.Response, g graphError) *chat.SendError {
	e := g.Error
	v := c.verdict(*e.Code, e.Subcode)
	if e.Transient && v.class == chat.SendGiveUp && v.code == codeUnknown {
		v = verdict{chat.SendRetry, codeTemporary}
	}
	if resp.StatusCode == http.StatusTooManyRequests && v.class != chat.SendThrottlePair {
		v = verdict{chat.SendThrottleAccount, codeRate}
	}
	provider := strconv.Itoa(*e.Code)
	if e.Subcode != 0 {
		provider += "/" + strconv.Itoa(e.Subcode)
	}
	return &chat.SendError{
		Class: v.class, Code: v.code, Provider: provider, Trace: string(e.Trace), RetryAfter: retryAfter(resp),
		Detail: first(string(e.Data.Details), string(e.UserMessage), string(e.Message)),
	}
}

// unexplained judges an answer by its status alone, as gateways give them.
func unexplained(resp *http.Response) *chat.SendError {
	v := verdict{chat.SendRejected, codeParameter}
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests:
		v = verdict{chat.SendThrottleAccount, codeRate}
	case s == http.StatusBadGateway || s == http.StatusGatewayTimeout: // what is behind the gateway may have carried it out
		v = verdict{chat.SendUncertain, codeNoAnswer}
	case s >= http.StatusInternalServerError:
		v = verdict{chat.SendRetry, codeTemporary}
	case s == http.StatusUnauthorized:
		v = verdict{chat.SendReconnect, codeToken}
	case s == http.StatusForbidden:
		v = verdict{chat.SendReconnect, codePermission}
	}
	return &chat.SendError{Class: v.class, Code: v.code, Provider: "http " + strconv.Itoa(resp.StatusCode), RetryAfter: retryAfter(resp)}
}

func retryAfter(resp *http.Response) time.Duration {
	const most = time.Hour
	after := resp.Header.Get("Retry-After")
	seconds, err := strconv.Atoi(after)
	d := time.Duration(seconds) * time.Second
	if err != nil {
		at, wrong := http.ParseTime(after)
		if wrong != nil {
			return 0
		}
		d = time.Until(at)
	}
	return min(max(d, 0), most)
}
