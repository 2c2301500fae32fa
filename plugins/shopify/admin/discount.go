package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Code is a discount code to be made. Exactly one of Percent and Amount says what it is worth.
type Code struct {
	Title   string
	Code    string
	Percent string // a decimal up to 100, as in "10" or "12.5"
	Amount  *tagalong.Money
	Starts  time.Time
	Ends    time.Time // zero: never
	Uses    int       // in all; 0: without a limit
}

// UserError is what Shopify has against a request that it understood: the code is taken, the end is before the start.
type UserError struct{ Code, Field, Message string }

func (e *UserError) Error() string {
	return fmt.Sprintf("Shopify refuses %s (%s): %s", e.Field, e.Code, e.Message)
}

// CreateCode makes a discount code on everything in the shop, good once for each buyer, and gives the event that tells Tagalong.
// It needs the scope write_discounts.
func (c *Client) CreateCode(ctx context.Context, code Code) (api.Coupon, error) {
	coupon := api.Coupon{
		Code: code.Code, StartsAt: code.Starts.UnixMilli(), UsageLimit: int64(code.Uses), UpdatedAt: code.Starts.UnixMilli(),
	}
	ends, uses := optional(code.Ends), &code.Uses
	if code.Uses == 0 {
		uses = nil
	}
	if ends != nil {
		coupon.EndsAt = ends.UnixMilli()
	}
	var created Created
	switch {
	case code.Percent != "" && code.Amount == nil:
		fraction, err := Fraction(code.Percent)
		if err != nil {
			return api.Coupon{}, err
		}
		answer, err := CreatePercentCode(ctx, c, code.Title, code.Code, code.Starts, ends, uses, fraction)
		if err != nil {
			return api.Coupon{}, err
		}
		coupon.Kind, coupon.Percent, created = api.CouponKindPercent, code.Percent, answer.DiscountCodeBasicCreate
	case code.Amount != nil && code.Percent == "" && code.Amount.Amount > 0:
		answer, err := CreateAmountCode(ctx, c, code.Title, code.Code, code.Starts, ends, uses, tagalong.FormatMoney(*code.Amount))
		if err != nil {
			return api.Coupon{}, err
		}
		coupon.Kind, coupon.Amount, created = api.CouponKindFixed, code.Amount, answer.DiscountCodeBasicCreate
	default:
		return api.Coupon{}, errors.New("a code is worth either a share or an amount")
	}
	for _, e := range created.UserErrors {
		return api.Coupon{}, &UserError{Code: e.Code, Field: strings.Join(e.Field, "."), Message: e.Message}
	}
	coupon.ExternalID = created.CodeDiscountNode.Id[strings.LastIndexByte(created.CodeDiscountNode.Id, '/')+1:]
	return coupon, nil
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Fraction turns a share in percent into the fraction that Shopify wants, by moving the point: 12.5 is 0.125 to the last digit.
func Fraction(percent string) (json.Number, error) {
	whole, digits, _ := strings.Cut(percent, ".")
	if strings.Trim(whole+digits, "0123456789") != "" || whole == "" || len(whole) > 3 || len(digits) > 4 || strings.HasSuffix(percent, ".") {
		return "", fmt.Errorf("%q is no share in percent", percent)
	}
	all := strings.Repeat("0", 3-len(whole)) + whole + digits
	text := strings.TrimRight(all[:1]+"."+all[1:], "0")
	text = strings.TrimSuffix(text, ".")
	if all[0] > '1' || all[0] == '1' && strings.Trim(all[1:], "0") != "" || strings.Trim(all, "0") == "" {
		return "", fmt.Errorf("%q is not above 0 and up to 100", percent)
	}
	return json.Number(text), nil
}
