package chattest

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var uploadCases = []storeCase{
	{"an upload is read back, by its shop and by its id", uploadReads},
	{"a message binds its uploads to its conversation", uploadBinds},
	{"an upload of another shop, of another conversation or of nobody is not bound, and nothing is written", uploadNotBound},
	{"uploads that no message named are found when they are old", uploadUnbound},
}

func (w *place) upload(t *testing.T, by chat.Author) chat.Upload {
	t.Helper()
	u := chat.Upload{
		Attachment: chat.Attachment{
			ID: newID[chat.AttachmentID](chat.PrefixAttachment), Name: secret + ".png", ContentType: "image/png", Size: 1234, Width: 40, Height: 30,
		},
		Merchant: w.shop.Merchant, Shop: w.shop.ID, By: by, CreatedAt: chat.At(w.now),
	}
	must(t, w.CreateUpload(t.Context(), u))
	return u
}

func uploadReads(t *testing.T, w *place) {
	u := w.upload(t, byAgent(w.owner))
	same(t, "upload", got(w.Upload(t.Context(), w.shop.ID, u.ID))(t), u)
	same(t, "by id", got(w.UploadByID(t.Context(), u.ID))(t), u)
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Upload(t.Context(), other.ID, u.ID)
		want(t, err, chat.ErrNotFound)
	}
	must(t, w.DeleteUpload(t.Context(), u.ID))
	must(t, w.DeleteUpload(t.Context(), u.ID))
	_, err := w.UploadByID(t.Context(), u.ID)
	want(t, err, chat.ErrNotFound)
}

func uploadBinds(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	u := w.upload(t, byShopper(p))
	d := draft(byShopper(p), "m1", "")
	d.Message.Attachments = []chat.Attachment{u.Attachment}
	done := w.post(t, c, d)
	same(t, "attachments", done.Entries[0].Message.Attachments, []chat.Attachment{u.Attachment})
	same(t, "bound to", got(w.UploadByID(t.Context(), u.ID))(t).Conversation, c.ID)
	d.ClientID = "m2"
	w.post(t, c, d) // again in the same conversation
	same(t, "unbound", len(got(w.UnboundUploads(t.Context(), chat.At(w.now.Add(time.Hour)), 10))(t)), 0)
}

func uploadNotBound(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	other, q := w.talk(t, w.shop)
	bound := w.upload(t, byShopper(q))
	d := draft(byShopper(q), "m1", "")
	d.Message.Attachments = []chat.Attachment{bound.Attachment}
	w.post(t, other, d)
	foreign := w.upload(t, byShopper(p))
	foreign.ID, foreign.Shop = newID[chat.AttachmentID](chat.PrefixAttachment), w.sister.ID
	must(t, w.CreateUpload(t.Context(), foreign))
	free := w.upload(t, byShopper(p))
	for _, a := range []chat.Attachment{bound.Attachment, foreign.Attachment, {ID: newID[chat.AttachmentID](chat.PrefixAttachment)}} {
		d := draft(byShopper(p), "m1", "look")
		d.Message.Attachments = []chat.Attachment{free.Attachment, a}
		_, err := w.Change(t.Context(), w.posting(w.shop, c.ID, d))
		want(t, err, chat.ErrBadAttachment)
		same(t, "the free one", got(w.UploadByID(t.Context(), free.ID))(t).Conversation, chat.ConversationID(""))
	}
	same(t, "log", len(w.log(t, c)), 1)
}

func uploadUnbound(t *testing.T, w *place) {
	old := w.upload(t, byAgent(w.owner))
	w.later(time.Hour)
	w.upload(t, byAgent(w.owner))
	same(t, "old ones", got(w.UnboundUploads(t.Context(), chat.At(w.now), 10))(t), []chat.AttachmentID{old.ID})
	same(t, "at most one", len(got(w.UnboundUploads(t.Context(), chat.At(w.now)+1, 1))(t)), 1)
}

var taskCases = []storeCase{
	{"a task is claimed when it is due, once", taskClaims},
	{"only the head of a lane can be claimed, and lanes do not wait for each other", taskLanes},
	{"a claim that was lost finishes nothing", taskLostClaim},
	{"a retried task is due later and holds up its lane", taskRetry},
	{"a task that is put off was not tried", taskPostponed},
	{"kinds that are skipped are not claimed, and hold their lanes", taskSkipped},
	{"a buried task frees its lane and never comes back", taskBury},
	{"a dedupe key is used once, for ever", taskDedupe},
	{"the next task's time is known", taskNext},
	{"claims at once share the tasks without overlap", taskAtOnce},
}

func (w *place) add(t *testing.T, lane, dedupe string, due time.Duration) {
	t.Helper()
	must(t, w.AddTasks(t.Context(), chat.Task{
		Kind: chat.TaskSweep, Shop: w.shop.ID, DueAt: chat.At(w.now.Add(due)), Lane: lane, Dedupe: dedupe, Payload: json.RawMessage(`{"a":1}`),
	}))
}

func (w *place) claim(t *testing.T) []chat.Task {
	t.Helper()
	return got(w.ClaimTasks(t.Context(), chat.At(w.now), time.Minute, 10))(t)
}

func taskClaims(t *testing.T, w *place) {
	w.add(t, "", "", time.Second)
	same(t, "early", len(w.claim(t)), 0)
	w.later(time.Second)
	tasks := w.claim(t)
	if len(tasks) != 1 {
		t.Fatalf("tasks %+v", tasks)
	}
	a := tasks[0]
	if a.Kind != chat.TaskSweep || a.Shop != w.shop.ID || a.Attempt != 1 || a.Claim == "" || string(a.Payload) != `{"a":1}` || !chat.ValidID(chat.PrefixTask, string(a.ID)) {
		t.Fatalf("task %+v", a)
	}
	same(t, "at once again", len(w.claim(t)), 0)
	must(t, w.FinishTask(t.Context(), a))
	w.later(time.Hour)
	same(t, "after it is done", len(w.claim(t)), 0)
}

func taskLanes(t *testing.T, w *place) {
	w.add(t, "a", "a1", time.Second) // the head, though due after the next
	w.add(t, "a", "a2", 0)
	w.add(t, "b", "b1", 0)
	w.add(t, "", "c1", 0)
	w.add(t, "", "c2", 0)
	keys := func(ts []chat.Task) (all []string) {
		for _, t := range ts {
			all = append(all, t.Dedupe)
		}
		slices.Sort(all)
		return all
	}
	first := w.claim(t)
	same(t, "first", keys(first), []string{"b1", "c1", "c2"})
	w.later(time.Second)
	head := w.claim(t)
	same(t, "then", keys(head), []string{"a1"})
	same(t, "while the head is in work", len(w.claim(t)), 0)
	must(t, w.FinishTask(t.Context(), head[0]))
	same(t, "last", keys(w.claim(t)), []string{"a2"})
}

func taskLostClaim(t *testing.T, w *place) {
	w.add(t, "", "", 0)
	first := w.claim(t)[0]
	w.later(time.Minute)
	second := w.claim(t)[0]
	if second.ID != first.ID || second.Claim == first.Claim || second.Attempt != 2 {
		t.Fatalf("claims %+v %+v", first, second)
	}
	want(t, w.FinishTask(t.Context(), first), chat.ErrConflict)
	want(t, w.RetryTask(t.Context(), first, 0, "x"), chat.ErrConflict)
	want(t, w.BuryTask(t.Context(), first, "x"), chat.ErrConflict)
	unclaimed := second
	unclaimed.Claim = ""
	want(t, w.FinishTask(t.Context(), unclaimed), chat.ErrConflict)
	must(t, w.FinishTask(t.Context(), second))
	want(t, w.FinishTask(t.Context(), second), chat.ErrConflict)
}

func taskRetry(t *testing.T, w *place) {
	w.add(t, "a", "a1", 0)
	w.add(t, "a", "a2", 0)
	a := w.claim(t)[0]
	must(t, w.RetryTask(t.Context(), a, chat.At(w.now.Add(time.Hour)), "the shop is out of reach"))
	same(t, "while it waits", len(w.claim(t)), 0)
	w.later(time.Hour)
	again := w.claim(t)
	if len(again) != 1 || again[0].ID != a.ID || again[0].Attempt != 2 || again[0].DueAt != chat.At(w.now) {
		t.Fatalf("tasks %+v", again)
	}
	want(t, w.FinishTask(t.Context(), a), chat.ErrConflict)
}

func taskPostponed(t *testing.T, w *place) {
	w.add(t, "a", "a1", 0)
	w.add(t, "a", "a2", 0)
	a := w.claim(t)[0]
	must(t, w.PostponeTask(t.Context(), a, chat.At(w.now.Add(time.Hour)), "they are still here"))
	same(t, "while it waits", len(w.claim(t)), 0)
	w.later(time.Hour)
	again := w.claim(t)
	if len(again) != 1 || again[0].ID != a.ID || again[0].Attempt != 1 || again[0].DueAt != chat.At(w.now) {
		t.Fatalf("tasks %+v", again)
	}
	want(t, w.PostponeTask(t.Context(), a, 0, "x"), chat.ErrConflict)
}

func taskSkipped(t *testing.T, w *place) {
	w.add(t, "a", "a1", 0)
	must(t, w.AddTasks(t.Context(), chat.Task{Kind: chat.TaskDeliver, DueAt: chat.At(w.now), Lane: "a"}, chat.Task{Kind: chat.TaskDeliver, DueAt: chat.At(w.now)}))
	claim := func(skip ...chat.TaskKind) (kinds []chat.TaskKind) {
		for _, task := range got(w.ClaimTasks(t.Context(), chat.At(w.now), time.Minute, 10, skip...))(t) {
			kinds = append(kinds, task.Kind)
		}
		return kinds
	}
	same(t, "without sweeps", claim(chat.TaskSweep), []chat.TaskKind{chat.TaskDeliver})
	same(t, "without either", len(claim(chat.TaskSweep, chat.TaskDeliver)), 0)
	same(t, "all", claim(), []chat.TaskKind{chat.TaskSweep})
}

func taskBury(t *testing.T, w *place) {
	w.add(t, "a", "a1", 0)
	w.add(t, "a", "a2", 0)
	must(t, w.BuryTask(t.Context(), w.claim(t)[0], "cannot be done"))
	next := w.claim(t)
	if len(next) != 1 || next[0].Dedupe != "a2" {
		t.Fatalf("tasks %+v", next)
	}
	w.add(t, "a", "a1", 0)
	w.later(time.Hour)
	same(t, "after an hour", len(w.claim(t)), 1)
}

func taskDedupe(t *testing.T, w *place) {
	w.add(t, "", "k", 0)
	w.add(t, "", "k", 0)
	tasks := w.claim(t)
	same(t, "tasks", len(tasks), 1)
	must(t, w.FinishTask(t.Context(), tasks[0]))
	w.add(t, "", "k", 0)
	same(t, "after it was done", len(w.claim(t)), 0)
	w.add(t, "", "", 0)
	w.add(t, "", "", 0)
	same(t, "without a key", len(w.claim(t)), 2)
}

func taskNext(t *testing.T, w *place) {
	next := func() chat.Millis { t.Helper(); return got(w.NextTask(t.Context()))(t) }
	same(t, "none", next(), 0)
	w.add(t, "a", "a1", time.Hour)
	w.add(t, "a", "a2", 0) // waits for a1
	same(t, "the head's", next(), chat.At(w.now.Add(time.Hour)))
	w.add(t, "", "b1", time.Minute)
	same(t, "the first's", next(), chat.At(w.now.Add(time.Minute)))
	w.later(time.Minute)
	w.claim(t)
	same(t, "the end of the claim", next(), chat.At(w.now.Add(time.Minute)))
}

func taskAtOnce(t *testing.T, w *place) {
	for range 40 {
		w.add(t, "", "", 0)
	}
	var wait sync.WaitGroup
	claims, errs := make([][]chat.Task, 8), make([]error, 8)
	for i := range claims {
		wait.Go(func() {
			for {
				tasks, err := w.ClaimTasks(background(t), chat.At(w.now), time.Minute, 3)
				if claims[i], errs[i] = append(claims[i], tasks...), err; err != nil || len(tasks) == 0 {
					return
				}
			}
		})
	}
	wait.Wait()
	must(t, errors.Join(errs...))
	seen := map[chat.TaskID]bool{}
	for _, task := range slices.Concat(claims...) {
		if seen[task.ID] {
			t.Fatal("claimed twice")
		}
		seen[task.ID] = true
	}
	same(t, "claimed", len(seen), 40)
}
