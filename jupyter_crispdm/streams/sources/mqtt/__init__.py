"""Samples that a broker hands out: MQTT 3.1.1 and 5."""

from .place import MqttPlace
from .source import MqttSource

__all__ = ["MqttPlace", "MqttSource"]
