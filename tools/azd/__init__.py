"""What the Azure Developer CLI runs around a deployment (azure.yaml).

Standard library only: any python3 from 3.10 on.
"""
