package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// productsSeen is how many products are looked at for a page: some are drafts, or gone.
const productsSeen = 300

const maxWords = 100 // bytes of a search

func (a *api) ListProducts(ctx context.Context, q openapi.ListProductsRequestObject) (openapi.ListProductsResponseObject, error) {
	s := sessionOf(ctx)
	limit, err := pageLimit(q.Params.Limit, 100)
	if err != nil {
		return nil, err
	}
	if len([]rune(q.Params.Q)) > maxWords {
		return nil, chat.ErrBadQuery
	}
	rs, err := a.chat.Products(ctx, s.caller, s.shop.ID, q.Params.Q, productsSeen)
	if err != nil {
		return nil, err
	}
	out := openapi.ListProducts200JSONResponse{Items: []openapi.Product{}}
	for _, r := range rs {
		if r.Deleted || len(out.Items) == limit {
			continue
		}
		p, err := wire.Product(r)
		if err != nil {
			return nil, err
		}
		if p.Status == "" || p.Status == "active" {
			out.Items = append(out.Items, p)
		}
	}
	return out, nil
}

func (a *api) GetProduct(ctx context.Context, q openapi.GetProductRequestObject) (openapi.GetProductResponseObject, error) {
	s := sessionOf(ctx)
	if q.ExternalID == "" || len(q.ExternalID) > chat.MaxExternalID {
		return nil, chat.ErrNotFound
	}
	r, err := a.chat.Record(ctx, s.caller, s.shop.ID, chat.RecordProduct, q.ExternalID)
	if err != nil {
		return nil, err
	}
	p, err := wire.Product(r)
	if err != nil {
		return nil, err
	}
	return openapi.GetProduct200JSONResponse(p), nil
}

func (a *api) ListCoupons(ctx context.Context, q openapi.ListCouponsRequestObject) (openapi.ListCouponsResponseObject, error) {
	s := sessionOf(ctx)
	limit, err := pageLimit(q.Params.Limit, 100)
	if err != nil {
		return nil, err
	}
	rs, err := a.chat.Coupons(ctx, s.caller, s.shop.ID, limit)
	if err != nil {
		return nil, err
	}
	out := openapi.ListCoupons200JSONResponse{Items: []openapi.Coupon{}}
	for _, r := range rs {
		c, err := wire.Coupon(r)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, c)
	}
	return out, nil
}
