package app

import (
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/realtime"
)

// metrics serves Prometheus' text format to whoever brings the key, or to peers on this machine when there is none.
func metrics(key string, ip func(*http.Request) netip.Addr, more ...prometheus.Collector) http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reg.MustRegister(more...)
	h := promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mayMeasure(key, r, ip(r)) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func mayMeasure(key string, r *http.Request, from netip.Addr) bool {
	if key == "" {
		return from.IsLoopback()
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(given), []byte(key)) == 1
}

func gauge(name, help string, v *atomic.Int64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tagalong_" + name, Help: help}, func() float64 { return float64(v.Load()) })
}

func counter(name, help string, v *atomic.Int64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "tagalong_" + name, Help: help}, func() float64 { return float64(v.Load()) })
}

// channelMetrics exports the counters of what comes from and goes to providers.
func channelMetrics(door *channel.DoorMetrics, carrier *channel.CarrierMetrics) []prometheus.Collector {
	return []prometheus.Collector{
		counter("webhooks_received_total", "Webhooks of known provider apps.", &door.Received),
		counter("webhooks_refused_total", "Webhooks that were not signed, too large or too slow.", &door.Refused),
		counter("webhooks_kept_total", "Webhooks that were written down.", &door.Kept),
		counter("webhooks_repeated_total", "Webhooks that were known already.", &door.Repeated),
		counter("webhooks_failed_total", "Webhooks that could not be written, so that they come again.", &door.Failed),
		counter("channel_sent_total", "Requests that a provider has taken.", &carrier.Sent),
		counter("channel_refused_total", "Requests that a provider has refused.", &carrier.Refused),
		counter("channel_uncertain_total", "Requests whose answer was lost.", &carrier.Uncertain),
	}
}

// liveMetrics exports the live door's counters.
func liveMetrics(m *realtime.Metrics) []prometheus.Collector {
	return []prometheus.Collector{
		gauge("live_sockets", "Open sockets.", &m.Sockets),
		gauge("live_streams", "Open event streams.", &m.Streams),
		counter("live_accepted_total", "Sockets and streams opened.", &m.Accepted),
		counter("live_refused_total", "Upgrades and streams refused.", &m.Refused),
		counter("live_frames_total", "Client frames taken.", &m.FramesIn),
		counter("live_sends_total", "Messages and amends acknowledged.", &m.Sent),
		counter("live_replayed_total", "Entries read again for a resume.", &m.Replayed),
		counter("live_reread_total", "Logs read again because a live event was missing.", &m.Reread),
		counter("live_slow_total", "Connections closed because they read too slowly.", &m.Slow),
		counter("live_dead_total", "Connections closed because no pong came.", &m.Dead),
		counter("live_limited_total", "Frames refused because they came too fast.", &m.Limited),
		counter("live_panics_total", "Frames whose handling panicked.", &m.Panics),
	}
}
