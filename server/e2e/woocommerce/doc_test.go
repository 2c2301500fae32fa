// Package woocommerce_test plays the WooCommerce plugin in real PHP: WordPress from Debian's package, MariaDB, PHP's own web server, a
// stand-in for WooCommerce, the real server, and a shopper in Chromium.
//
// Start reading at openSite, which makes the site, and open, which connects it. The stand-in is in plugins/woocommerce/tests/site; that it
// speaks and acts as WooCommerce does is held true by payloads that were recorded from WooCommerce (shapes_test.go) and by the order
// in which its hooks were seen to fire (hooks_test.go).
package woocommerce_test
