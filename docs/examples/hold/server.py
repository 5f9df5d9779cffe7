# Loads, then reads its order, which names its user.
import hashlib, http.server, json, os

with open(os.environ["PARBAKE_ORDER"], "rb") as file:
    text = file.read()
order = json.loads(text)
whole = text.replace(order["sha256"].encode(), b"0" * 64, 1)
if hashlib.sha256(whole).hexdigest() != order["sha256"]:
    raise SystemExit("damaged order")

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"Hello {order['user']}\n".encode())

http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", 8080))), Handler).serve_forever()
