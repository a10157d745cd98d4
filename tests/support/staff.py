"""Someone who is told things."""

import threading


class Staff:
    """Hears what staff are told, and can be waited for."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._news = threading.Condition()

    def tell(self, text: str) -> None:
        """Hear it."""
        with self._news:
            self.heard.append(text)
            self._news.notify_all()

    def wait_for(self, part: str, timeout: float = 30.0) -> bool:
        """Whether something with `part` in it is told within `timeout` seconds."""
        with self._news:
            return self._news.wait_for(lambda: any(part in text for text in self.heard), timeout)
