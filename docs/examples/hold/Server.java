// Loads, then reads its order, which names its user.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.*;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.*;

class Server {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    HttpServer server = HttpServer.create();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    String text = Files.readString(Path.of(System.getenv("PARBAKE_ORDER")));
    // Without a library for JSON, which reads any user; this one none with a quotation mark.
    String sum = field("sha256", text), user = field("user", text);
    byte[] found = sha256.digest(text.replaceFirst(sum, "0".repeat(64)).getBytes("UTF-8"));
    if (!HexFormat.of().formatHex(found).equals(sum)) throw new Exception("damaged order");
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 0);
      try (var body = exchange.getResponseBody()) { body.write(("Hello " + user + "\n").getBytes()); }
    });
    server.bind(new InetSocketAddress(port), 0);
    server.start();
  }

  static String field(String name, String text) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(text);
    return found.find() ? found.group(1) : "";
  }
}
