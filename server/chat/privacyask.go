package chat

import "context"

// PrivacyTask is the payload of a TaskPrivacy.
type PrivacyTask struct {
	Request PrivacyID `json:"request"`
}

// mayAskPrivacy tells whether the caller may ask for people's data of the shop.
func (s *Service) mayAskPrivacy(ctx context.Context, by Caller, shop ShopID) (Shop, error) {
	sh, err := s.Shop(ctx, by, shop)
	switch {
	case err != nil:
		return Shop{}, err
	case by.Kind == AuthorPlugin && by.Has(ScopeContextWrite), by.Kind == AuthorAgent && by.Role.Manages():
		return sh, nil
	case by.Kind == AuthorShopper:
		return Shop{}, ErrNotFound
	}
	return Shop{}, ErrForbidden
}

// AskPrivacy takes a request about a person's data. It is done soon, whatever happens; the same reference is the same request.
func (s *Service) AskPrivacy(ctx context.Context, by Caller, r PrivacyRequest) (PrivacyRequest, error) {
	shop, err := s.mayAskPrivacy(ctx, by, r.Shop)
	if err != nil {
		return PrivacyRequest{}, err
	}
	if err := r.validate(); err != nil {
		return PrivacyRequest{}, err
	}
	now := At(s.now())
	r.ID, r.Merchant, r.State = NewID[PrivacyID](PrefixPrivacy, s.random), shop.Merchant, PrivacyPending
	r.CreatedAt, r.DueAt = now, now.Add(PrivacyDue)
	r, err = s.store.CreatePrivacyRequest(ctx, r, Task{
		ID: NewID[TaskID](PrefixTask, s.random), Kind: TaskPrivacy, Shop: r.Shop, DueAt: now, Lane: "privacy:" + string(r.Shop),
		Payload: encode(PrivacyTask{Request: r.ID}),
	})
	s.wake()
	return r.seenBy(by), err
}

// seenBy gives the request without its file, unless the caller may read all that an export holds: a key that only writes must not
// come to read by asking for people's data.
func (r PrivacyRequest) seenBy(by Caller) PrivacyRequest {
	if by.Kind == AuthorPlugin && (!by.Has(ScopeContextRead) || !by.Has(ScopeConversationsRead)) {
		r.File, r.FileUntil = "", 0
	}
	return r
}

const maxPrivacyList = 200

// PrivacyRequests lists a shop's requests about people's data, newest first.
func (s *Service) PrivacyRequests(ctx context.Context, by Caller, shop ShopID) ([]PrivacyRequest, error) {
	if _, err := s.mayAskPrivacy(ctx, by, shop); err != nil {
		return nil, err
	}
	all, err := s.store.PrivacyRequests(ctx, shop, maxPrivacyList)
	for i := range all {
		all[i] = all[i].seenBy(by)
	}
	return all, err
}

// PrivacyRequestOf gives one request.
func (s *Service) PrivacyRequestOf(ctx context.Context, by Caller, shop ShopID, id PrivacyID) (PrivacyRequest, error) {
	if _, err := s.mayAskPrivacy(ctx, by, shop); err != nil {
		return PrivacyRequest{}, err
	}
	r, err := s.store.PrivacyRequest(ctx, shop, id)
	return r.seenBy(by), err
}

// pendingRequest loads the request that a task names, and tells whether there is still something to do for it.
func (s *Service) pendingRequest(ctx context.Context, t Task) (r PrivacyRequest, pending bool, err error) {
	var p PrivacyTask
	if err := payload(t, &p); err != nil {
		return r, false, err
	}
	r, err = s.store.PrivacyRequest(ctx, t.Shop, p.Request)
	if isNotFound(err) {
		return r, false, nil
	}
	return r, r.State == PrivacyPending, err
}

// doPrivacy is the task that does a request. Doing it again finds less, or nothing.
func (s *Service) doPrivacy(ctx context.Context, t Task) error {
	r, pending, err := s.pendingRequest(ctx, t)
	if err != nil || !pending {
		return err
	}
	if r.Everything {
		err = s.redactAll(ctx, &r)
	} else {
		err = s.doPerson(ctx, &r)
	}
	if err != nil {
		return err
	}
	r.State, r.DoneAt = PrivacyDone, At(s.now())
	return s.store.UpdatePrivacyRequest(ctx, r)
}

func (s *Service) doPerson(ctx context.Context, r *PrivacyRequest) error {
	found, err := s.find(ctx, *r)
	if err != nil {
		return err
	}
	if r.Kind == PrivacyExport {
		r.Counts = found.counts()
		return s.export(ctx, r, found)
	}
	if err := s.redact(ctx, *r, found); err != nil {
		return err
	}
	r.Counts.gather(found.counts())
	if len(found.records) >= maxPrivacyOrders { // what is redacted is not found again, so the next turn finds the rest
		return s.goOn(ctx, *r)
	}
	r.Customer, r.Orders = CustomerRef{}, nil
	return nil
}

// goOn keeps what was counted so far, and comes again.
func (s *Service) goOn(ctx context.Context, r PrivacyRequest) error {
	if err := s.store.UpdatePrivacyRequest(ctx, r); err != nil {
		return err
	}
	return &Postponed{Until: At(s.now()) + 1, Reason: "there is more"}
}

// buryPrivacy makes it seen that a request was not done.
func (s *Service) buryPrivacy(ctx context.Context, t Task) error {
	r, pending, err := s.pendingRequest(ctx, t)
	if err != nil || !pending {
		return err
	}
	r.State = PrivacyFailed
	return s.store.UpdatePrivacyRequest(ctx, r)
}
